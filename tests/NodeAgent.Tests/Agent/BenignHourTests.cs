// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Library;

namespace NodeAgent.Tests.Agent;

/// <summary>
/// Workloads that are well, in containers of the real runc: a compile loop, builds and installations of a package, PostgreSQL with pgbench, nginx under load, cron. Once they
/// were learned nobody hears of them. BENIGN_MINUTES says for how long (default: until each has gone round again; 60 is the hour).
/// </summary>
[Trait("Level", "Integration")]
public sealed class BenignHourTests : IAsyncLifetime
{
    // Cron works each minute.
    private static readonly TimeSpan ShortLearning = TimeSpan.FromSeconds(65);
    private static readonly TimeSpan LongLearning = TimeSpan.FromMinutes(5);
    private static readonly string Script = RepositoryRoot.File("scripts/benign.sh");

    private readonly ScratchFolder _data = new();
    private readonly TimeSpan _length = TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("BENIGN_MINUTES") ?? "0", CultureInfo.InvariantCulture));

    public BenignHourTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        string[] needed = ["/usr/sbin/runc", "/usr/sbin/nginx", "/usr/sbin/cron", "/usr/bin/wrk", "/usr/bin/dpkg-buildpackage", "/usr/lib/postgresql/15/bin/postgres"];
        string? missing = needed.FirstOrDefault(file => !File.Exists(file));
        Assert.SkipWhen(missing is not null, $"{missing} is missing: make setup-test installs it");
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await ShellProcess.RunAsync(Script, "stop");
        _data.Dispose();
    }

    [Fact]
    public async Task LearnedWorkloads_GoOnAsTheyDid_NobodyHearsOfThem()
    {
        TimeSpan learning = _length < LongLearning ? ShortLearning : LongLearning;
        await using AgentProcess agent = await AgentProcess.StartAsync(
            _data.Path, "--kubeconfig", "none", "--learning-period", $"{learning.TotalSeconds}s", "--initial-delay", "0s", "--update-interval", "2s", "--cooldown", "1s");
        IReadOnlyDictionary<string, string> containers = await RunAsync("start");
        Assert.Equal(8, containers.Count);
        foreach ((string name, string id) in containers)
        {
            await agent.ProfileAsync(id[..12], profile => profile.Status == "completed", $"the profile of {name} completed", learning * 3);
        }

        int learned = agent.Alerts.Count;
        IReadOnlyDictionary<string, string> before = await RunAsync("rounds");
        var time = Stopwatch.StartNew();
        string last = string.Empty;
        await Eventually.GetAsync(
            async () => time.Elapsed >= _length && AllWentOn(before, await RunAsync("rounds"), out last) ? last : null, () => $"each workload going on: {last}", _length + TimeSpan.FromMinutes(3));
        int judged = agent.Alerts.Count;

        // What is new is told of: it was quiet because nothing was.
        await AttackStage.ExecAsync(containers["compile"], "/usr/bin/base32", "--version");
        await Eventually.TrueAsync(() => agent.Alerts.Any(alert => alert.Rule == "R0001" && alert.Exec == "/usr/bin/base32" && alert.Unit == containers["compile"][..12]), $"the alert on a new program: {agent.Log}");

        // Of these containers: whatever else runs on the machine may be told of, and name them.
        string[] wrong = [.. agent.Alerts.Take(judged).Index()
            .Where(alert => alert.Index >= learned || !MayFireWhileLearning(alert.Item.Rule))
            .SelectMany(alert => containers.Where(pair => pair.Value[..12] == alert.Item.Unit).Select(pair => $"{pair.Key}: {alert.Item.Line}"))];
        Assert.True(wrong.Length == 0, $"{wrong.Length} alerts after {time.Elapsed}:\n{string.Join('\n', wrong)}");
    }

    private static bool AllWentOn(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> now, out string text)
    {
        text = string.Join(", ", now.Select(pair => $"{pair.Key} {before[pair.Key]} to {pair.Value}"));
        return now.All(pair => Number(pair.Value) - Number(before[pair.Key]) >= (pair.Key == "cron" ? 1 : 2));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // Until there is a profile that could quiet them.
    private static bool MayFireWhileLearning(string rule) => RuleLibrary.Rules.FirstOrDefault(one => one.Id == rule) is RuntimeRule { ProfileDependency: 1 };

    // Shape of each line: NAME VALUE.
    private static async Task<IReadOnlyDictionary<string, string>> RunAsync(string what)
    {
        ShellResult result = await ShellProcess.RunAsync(Script, what);
        Assert.True(result.ExitCode == 0, result.All);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToDictionary(words => words[0], words => words[1], StringComparer.Ordinal);
    }
}
