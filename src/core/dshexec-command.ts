/**
 * How nodes call dshexec: the text for a login shell there, to which arguments are added. `given` is
 * $DSH_EXEC.
 *
 * A login shell that ssh starts for a command reads few start-up files, so the programs that a user
 * has installed for himself are often not in its PATH. Such a shell may be csh or fish as well, which
 * set variables in other ways: hence the sh in between.
 */
export function dshexecCommand(given: string | undefined): string {
  return given || ownProgramCommand('dshexec');
}

/** The same for another program that comes with dsh. */
export function ownProgramCommand(name: string): string {
  return `sh -c '${OWN_PROGRAMS}; exec ${name} "$@"' sh`;
}

/** Shell text that prints the path of dshexec, where it is the name of a program. */
export function whichDshexec(given: string | undefined): string {
  return given ? `command -v ${given}` : `${OWN_PROGRAMS}; command -v dshexec`;
}

const OWN_PROGRAMS = 'PATH=$PATH:$HOME/.local/bin; export PATH';
