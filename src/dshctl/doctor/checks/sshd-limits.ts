/** An sshd that turns a crowd away: `dsh --one-shot`, rsync and others make many connections. */
import { type Check, lookedAt } from '../evidence.ts';

/** What sshd has when nothing is said: `MaxStartups 10:30:100`, `MaxSessions 10`. */
const USUAL = 10;

export const sshdLimits: Check = {
  name: 'sshd-limits',
  title: 'sshd takes many connections at once',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts: { sshd } }) => [
      ...(sshd.startups !== null && sshd.startups < USUAL
        ? [
            {
              node: name,
              what: `its sshd refuses some of more than ${sshd.startups} connections at once`,
              cure: 'MaxStartups 10:30:100 or more in /etc/ssh/sshd_config there, then systemctl reload ssh',
            },
          ]
        : []),
      ...(sshd.sessions !== null && sshd.sessions < USUAL
        ? [
            {
              node: name,
              what: `its sshd allows ${sshd.sessions} sessions in one connection`,
              cure: 'MaxSessions 10 or more in /etc/ssh/sshd_config there, then systemctl reload ssh',
            },
          ]
        : []),
    ]),
};
