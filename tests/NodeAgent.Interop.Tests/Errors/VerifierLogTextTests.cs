// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;

namespace NodeAgent.Interop.Tests.Errors;

public sealed class VerifierLogTextTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("\n\n", null)]
    [InlineData("processed 3 insns (limit 1000000) max_states_per_insn 0\n", null)]
    [InlineData("0: R1=ctx() R10=fp0\n0: (b7) r0 = 0\n1: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'scalar'\nprocessed 2 insns (limit 1000000)\n",
        "R0 invalid mem access 'scalar'")]
    [InlineData("; *value += 1;\n9: (79) r1 = *(u64 *)(r0 +0)\nR0 invalid mem access 'map_value_or_null'\nverification time 80 usec\nstack depth 4\nprocessed 9 insns\n",
        "R0 invalid mem access 'map_value_or_null'")]
    [InlineData("func 'x' arg0 type FWD is not a struct\ninvalid bpf_context access off=0 size=8\nprocessed 1 insns", "invalid bpf_context access off=0 size=8")]
    [InlineData("libbpf: prog 'a': failed to find kernel BTF type ID of 'x': -3", "libbpf: prog 'a': failed to find kernel BTF type ID of 'x': -3")]
    [InlineData("R1 type=scalar expected=fp\nR2=0 R3=1", "R1 type=scalar expected=fp")]
    public void UsefulLine_Logs_GivesTheSentence(string? log, string? expected) =>
        Assert.Equal(expected, VerifierLogText.UsefulLine(log));

    [Fact]
    public void UsefulLine_EndlessLine_IsCut()
    {
        string? line = VerifierLogText.UsefulLine(new string('x', 100_000));
        Assert.Equal(301, line!.Length);
    }
}
