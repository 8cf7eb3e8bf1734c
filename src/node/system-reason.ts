import { getSystemErrorMap } from 'node:util';

/** The system's own words for a failed call, as a shell prints them: `Permission denied`. */
export function systemReason(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  const text = (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
