// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Tests.Agent;

/// <summary>What was learned of a container, made into what the kernel holds it to: with the real runc.</summary>
[Trait("Level", "Integration")]
public sealed class ConfinementTests : IDisposable
{
    private const string Busybox = "/bin/busybox";
    private const int ShortId = 12; // of which a container without a name has its workload's
    private const string Mark = "/tmp/na-confined";

    // As a shell does things: each a program of its own.
    private const string Known = $"{Busybox} mkdir {Mark} && {Busybox} rmdir {Mark}";
    private const string Unknown = $"{Busybox} mkfifo {Mark} && {Busybox} rm {Mark}";

    private readonly ScratchFolder _data = new();

    public ConfinementTests() => AgentProgram.SkipUnlessItCanWatch();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Seccomp_OfALearnedContainer_LetsItRunAndRefusesTheRest()
    {
        Assert.SkipWhen(RuncPods.Missing is not null, RuncPods.Missing ?? string.Empty);
        Assert.SkipUnless(File.Exists(Busybox), "a static busybox is missing (package busybox-static)");
        await using var pods = new RuncPods(Busybox);
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s");

        // Without a filter both run.
        await pods.RunAsync(2, "sh", "-c", Unknown);
        await pods.RunAsync(1, "sh", "-c", Known);
        Profile profile = await agent.ProfileAsync(RuncPods.ContainerId(1)[..ShortId], p => p.Status == "completed", "the container's profile completed");
        Assert.Equal("complete", profile.Completion);
        (string space, string name) = NameOf(profile);
        JsonNode filter = JsonNode.Parse(await PrintAsync("seccomp", name, "-n", space))!;
        Assert.Equal("SCMP_ACT_ERRNO", filter["defaultAction"]!.ToString());

        await pods.RunAsync(3, filter, "sh", "-c", Known);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pods.RunAsync(4, filter, "sh", "-c", Unknown));
        await pods.RunAsync(5, JsonNode.Parse(await PrintAsync("seccomp", name, "-n", space, "--audit")), "sh", "-c", Unknown);
        await AssertAppArmorTakesAsync(await PrintAsync("apparmor", name, "-n", space));
    }

    [Fact]
    public async Task Seccomp_OfAProfileThatIsBeingLearned_IsRefusedUnlessAskedFor()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync();
        await unit.DoAsync($"{unit.Program("cat")} /etc/hostname");
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Json.Contains("\"syscalls\"", StringComparison.Ordinal), "system calls");
        (string space, _) = NameOf(profile);

        ShellResult refused = await AgentProgram.RunAsync("profile", "seccomp", unit.Name, "-n", space, "--data-dir", _data.Path);
        string partial = await PrintAsync("seccomp", unit.Name, "-n", space, "--partial");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("it may lack what the container needs", refused.All, StringComparison.Ordinal);
        Assert.Contains("\"execve\"", partial, StringComparison.Ordinal);
    }

    private static async Task AssertAppArmorTakesAsync(string profile)
    {
        Assert.Contains($"\"{Busybox}\" mrix", profile, StringComparison.Ordinal);
        const string Parser = "/usr/sbin/apparmor_parser";
        if (!File.Exists(Parser))
        {
            TestContext.Current.AddWarning($"{Parser} is missing (package apparmor): nobody checked the profile");
            return;
        }

        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder["profile"], profile, TestContext.Current.CancellationToken);
        ShellResult parsed = await ShellProcess.RunAsync(Parser, "--skip-kernel-load", "--skip-cache", folder["profile"]);
        Assert.True(parsed.ExitCode == 0, $"{parsed.All}\n{profile}");
    }

    private static (string Namespace, string Name) NameOf(Profile profile)
    {
        JsonNode metadata = JsonNode.Parse(profile.Json)!["metadata"]!;
        return (metadata["namespace"]!.ToString(), metadata["name"]!.ToString());
    }

    private async Task<string> PrintAsync(string what, params string[] arguments)
    {
        ShellResult printed = await AgentProgram.RunAsync(["profile", what, .. arguments, "--data-dir", _data.Path]);
        Assert.True(printed.ExitCode == 0, printed.All);
        return printed.Output;
    }
}
