import type { Row } from '../row.ts';

export const recursionRows: readonly Row[] = [
  { name: 'dsh of dsh', run: 'exec $dsh $dsh echo x', shows: { stdout: 'x\n' } },
  {
    name: 'dsh of dsh of dsh',
    run: "exec $dsh $dsh $dsh printf '<%s>' 'a b' ''",
    shows: { stdout: '<a b><>' },
  },
  { name: 'the status of dsh of dsh', run: "exec $dsh $dsh sh -c 'exit 7'", shows: { end: 7 } },
  {
    name: 'the input of dsh of dsh',
    run: 'exec $dsh $dsh cat',
    input: 'x\n',
    shows: { stdout: 'x\n' },
  },
  {
    name: 'dsh of make of dsh',
    run: String.raw`printf 'all: a b c\n%%:\n\t@$(RUN) sh -c "echo $@ >$@"\n' >Makefile; exec $dsh make -s -j2 RUN="$dsh"`,
  },
  {
    name: 'make in dsh in make, whose job server stays here',
    run: String.raw`printf 'all:\n\t@+$(RUN) $(MAKE) -s -f inner\n' >Makefile; printf 'all: x y\n%%:\n\t@echo $@ >$@\n' >inner; exec make -s -j2 RUN="$dsh" 2> >(grep -v jobserver >&2)`,
  },
];
