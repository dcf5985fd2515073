// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Demo;

/// <summary>The demo as <c>make demo</c> runs it: the real agent, real containers, real attacks.</summary>
[Trait("Level", "Integration")]
public sealed class DemoTests
{
    private const int Attacks = 16;

    [Fact]
    public async Task Run_WithAgent_EveryAttackGivesItsAlerts()
    {
        Assert.SkipUnless(Environment.UserName == "root", "root is needed to run containers and load programs");
        Assert.SkipUnless(File.Exists("/sys/kernel/btf/vmlinux"), "this kernel has no BTF");
        Assert.SkipUnless(File.Exists(RepositoryRoot.File("out/node-agent")), "out/node-agent is missing: run make build first");

        ShellResult result = await ShellProcess.RunAsync(RepositoryRoot.File("demo/demo.sh"));

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(Attacks, result.Output.Split('\n').Count(line => line.EndsWith(" ok", StringComparison.Ordinal)));
        Assert.Contains("kind: NetworkPolicy", result.Output, StringComparison.Ordinal);
        Assert.Contains("cidr: 10.77.0.1/32", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"[1-9]\d* allowed, 0 denied", result.Output);
        Assert.Matches(@"\+ exec +/.*dropped", result.Output);
        Assert.EndsWith("nothing is left behind\n", result.Output, StringComparison.Ordinal);
    }
}
