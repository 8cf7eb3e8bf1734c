/** An agent in a process of its own; its argument is the path of its socket. */
import { runAgent } from '../../../../src/dsh/agent/main.ts';

await runAgent({ socketPath: process.argv[2]!, environment: process.env });
