// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Events.Text;

namespace NodeAgent.Tests.Agent;

/// <summary>Names that workloads choose: whatever bytes they hold, a line stays one line, and the bytes can be had back.</summary>
[Trait("Level", "Integration")]
public sealed class HostileNameTests : IDisposable
{
    private readonly ScratchFolder _data = new();

    public HostileNameTests() => AgentProgram.SkipUnlessItCanWatch();

    // As printf(1) writes them: a line break, ESC and quotes; bytes that are no UTF-8; 255 bytes; text that looks escaped already.
    private static (string Printf, byte[] Bytes)[] Names =>
    [
        ("a\\nb\\033[2J\"c", "a\nb\u001b[2J\"c"u8.ToArray()),
        (@"\377\376\200x", [0xff, 0xfe, 0x80, (byte)'x']),
        (new string('n', 250) + @"\n\303\050\r!", [.. Encoding.ASCII.GetBytes(new string('n', 250)), (byte)'\n', 0xc3, 0x28, (byte)'\r', (byte)'!']),
        (@"\\xFF\\u001b", "\\xFF\\u001b"u8.ToArray()),
        (@"\342\200\256evil", "\u202eevil"u8.ToArray()),
    ];

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Exec_HostileNames_AreOneLineInAlertProfileAndTraceAndComeBack()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "5s", "--initial-delay", "0s", "--update-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync();
        byte[] folder = Encoding.UTF8.GetBytes(unit.Folder + "/");
        await unit.DoAsync($"{unit.Program("cp")} {unit.Program("true")} \"{unit.Folder}/$(printf '{Names[0].Printf}l')\"");
        await unit.DoAsync($"\"{unit.Folder}/$(printf '{Names[0].Printf}l')\"");
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");
        byte[] learned = [.. folder, .. Names[0].Bytes, (byte)'l'];
        Assert.Contains(Paths(profile), path => path.AsSpan().SequenceEqual(learned));

        Task<ShellResult> trace = AgentProgram.RunAsync("trace", "exec", "-o", "json", "--for", "6s", "-c", unit.Name);
        foreach ((string printf, _) in Names)
        {
            await unit.DoAsync($"{unit.Program("cp")} {unit.Program("true")} \"{unit.Folder}/$(printf '{printf}')\"");
        }

        bool traced = false;
        while (!trace.IsCompleted)
        {
            // Until the trace is over: it is not told when it begins to watch.
            foreach ((string printf, _) in Names)
            {
                await unit.DoAsync($"\"{unit.Folder}/$(printf '{printf}')\" \"$(printf '{printf}')\"");
            }

            traced = true;
        }

        Assert.True(traced);
        foreach ((_, byte[] name) in Names)
        {
            byte[] path = [.. folder, .. name];
            await Eventually.TrueAsync(
                () => agent.Alerts.Any(a => a.Rule == "R0001" && a.Exec is { } exec && ByteText.Encode(exec).AsSpan().SequenceEqual(path)),
                $"the alert of {ByteText.Decode(name)}");
            Alert alert = agent.Alerts.First(a => a.Rule == "R0001" && a.Exec is { } exec && ByteText.Encode(exec).AsSpan().SequenceEqual(path));
            Assert.Equal(name, ByteText.Encode(alert.Args[1]));
            AssertTraced((await trace).Output, path);
        }
    }

    [Fact]
    public async Task Exec_HundredThousandArguments_IsOneBoundedLine()
    {
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "3s", "--initial-delay", "0s", "--update-interval", "1s");
        await using TestUnit unit = await TestUnit.StartAsync();
        int code = await unit.DoAsync($"{unit.Program("true")} $({unit.Program("seq")} 100000)");
        Assert.Equal(0, code);
        Profile profile = await agent.ProfileAsync(unit.Name, p => p.Status == "completed", "the profile completed");
        Assert.Contains(profile.Execs, e => e.StartsWith(unit.Program("true"), StringComparison.Ordinal));

        string many = unit.NewProgram("many");
        await unit.DoAsync($"{many} $({unit.Program("seq")} 100000)");
        await Eventually.TrueAsync(() => agent.Alerts.Any(a => a.Exec == many), "the alert");

        Alert alert = agent.Alerts.First(a => a.Exec == many);
        Assert.Equal([many, "1", "2", "3"], alert.Args.Take(4));
        Assert.True(alert.Line.Length < 64 << 10, $"{alert.Line.Length} characters");
        Assert.Equal(0, (await agent.StopAsync()).ExitCode);
    }

    private static void AssertTraced(string output, byte[] path)
    {
        string[] lines = output.TrimEnd('\n').Split('\n');
        string[] details = [.. lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("detail").GetString()!)];
        Assert.Contains(details, d => ByteText.Encode(d).AsSpan().StartsWith(path));
    }

    private static IEnumerable<byte[]> Paths(Profile profile) =>
        JsonDocument.Parse(profile.Json).RootElement.GetProperty("spec").GetProperty("execs").EnumerateArray()
            .Select(e => ByteText.Encode(e.GetProperty("path").GetString()!));
}
