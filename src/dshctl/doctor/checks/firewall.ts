/**
 * Daemons that do not hear each other though nothing else explains it: what is between them drops
 * packets. Each daemon tells the others of itself every 1.5 s, so its silence is that of the network.
 * In a large cluster it is heard through others as well; so those that this node hears are asked.
 */
import { PACKETS } from '../ask-packets.ts';
import { type Check, lookedAt, type LookedAt } from '../evidence.ts';

export const firewall: Check = {
  name: 'firewall',
  title: 'packets pass between all nodes, both ways',
  examine(evidence) {
    const nodes = lookedAt(evidence).filter(({ facts }) => facts.daemon.nodes !== undefined);
    return nodes.flatMap((node) => {
      const others = nodes.filter((other) => other !== node && shouldHear(node, other));
      const deafTo = others.filter((other) => !hears(other, node));
      const oneWay = deafTo.filter((other) => hears(node, other)).map(({ name }) => name);
      const neither = deafTo
        .filter((other) => !hears(node, other) && nodes.indexOf(other) > nodes.indexOf(node))
        .map(({ name }) => name);
      const isAsked = others.some((other) => other.isHere && hears(other, node));
      const isUnanswering = isAsked && evidence.unanswering.has(node.name);
      return [
        ...describeOneWay(node, oneWay),
        ...describeNeither(node, neither),
        ...(isUnanswering ? [describeUnanswering(node)] : []),
      ];
    });
  },
};

function describeOneWay(node: LookedAt, names: readonly string[]): ReturnType<Check['examine']> {
  if (names.length === 0) return [];
  const { udpPort } = node.facts.daemon.about!;
  const others = names.join(', ');
  return [
    {
      node: node.name,
      what: `it hears ${others}, but is not heard there: packets of UDP port ${udpPort} are lost on the way out`,
      cure: `let UDP port ${udpPort} out of ${node.name} and into ${others}; is its address in the cluster file the one that it speaks from?`,
    },
  ];
}

function describeNeither(node: LookedAt, names: readonly string[]): ReturnType<Check['examine']> {
  if (names.length === 0) return [];
  const { udpPort } = node.facts.daemon.about!;
  return [
    {
      node: node.name,
      what: `it and ${names.join(', ')} do not hear each other: packets of UDP port ${udpPort} are lost both ways`,
      cure: openPort(udpPort),
    },
  ];
}

function describeUnanswering(node: LookedAt): ReturnType<Check['examine']>[number] {
  const { udpPort } = node.facts.daemon.about!;
  return {
    node: node.name,
    what: `others tell of it, but it left ${PACKETS} packets of this node unanswered: packets of UDP port ${udpPort} are lost between the two`,
    cure: openPort(udpPort),
  };
}

function openPort(port: number): string {
  return `open UDP port ${port} between them, as by ufw allow ${port}/udp or firewall-cmd --add-port=${port}/udp`;
}

function hears(listener: LookedAt, speaker: LookedAt): boolean {
  const view = listener.facts.daemon.nodes!.find(({ name }) => name === nodeOf(speaker));
  return view !== undefined && view.state !== 'silent' && view.state !== 'unknown';
}

/** Both name each other and speak alike; else another check has found why they do not. */
function shouldHear(a: LookedAt, b: LookedAt): boolean {
  const [one, two] = [a.facts.daemon.about, b.facts.daemon.about];
  if (!one || !two) return false;
  const knows = ({ facts }: LookedAt, name: string): boolean =>
    facts.daemon.nodes!.some((view) => view.name === name);
  return (
    knows(a, two.node) &&
    knows(b, one.node) &&
    one.trust === two.trust &&
    one.clusterName === two.clusterName &&
    one.udpPort === two.udpPort &&
    (one.trust !== 'key' ||
      one.keys.some(({ print }) => two.keys.some((key) => key.print === print)))
  );
}

function nodeOf({ name, facts }: LookedAt): string {
  return facts.daemon.about?.node ?? name;
}
