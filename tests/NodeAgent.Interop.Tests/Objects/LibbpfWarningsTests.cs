// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Objects;

namespace NodeAgent.Interop.Tests.Objects;

public sealed class LibbpfWarningsTests
{
    [Theory]
    [InlineData("libbpf: failed to find kernel BTF type\nlibbpf: failed to load object 'x'\n", "libbpf: failed to find kernel BTF type")]
    [InlineData("libbpf: failed to load object 'x'\n", null)]
    [InlineData("libbpf: prog 'a': BPF program load failed: EPERM\n-- BEGIN PROG LOAD LOG --\nR1 invalid mem access\n-- END PROG LOAD LOG --\n", "R1 invalid mem access")]
    [InlineData("libbpf: prog 'a': BPF program load failed: EPERM\nlibbpf: permission error while running as root; try raising 'ulimit -l'? current value: 8.0 MiB\nlibbpf: failed to load object 'x'\n", null)]
    [InlineData("", null)]
    public void Essence_Warnings_LeavesWhatExplains(string warnings, string? essence) => Assert.Equal(essence, LibbpfWarnings.Essence(warnings));
}
