// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.Tests.Agent;

/// <summary>What containers of a real runtime do, learned by the agent as a user has it.</summary>
[Trait("Level", "Integration")]
public sealed class ContainerLearningTests : IDisposable
{
    private const int Brief = 10;
    private readonly ScratchFolder _data = new();

    public ContainerLearningTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? string.Empty);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Fault17_EntryPointsOfContainersThatEndAtOnce_AreInTheirProfiles()
    {
        await using ContainerdFixture containerd = await ContainerdFixture.StartAsync();
        await using AgentProcess agent = await StartAsync(containerd);
        string pod = await containerd.RunPodAsync("shop", "brief", $"{Guid.NewGuid()}");
        for (int i = 0; i < Brief; i++)
        {
            await containerd.RunContainerAsync(pod, $"c{i}", "/bin/true", $"entry-{i}");
        }

        await Eventually.GetAsync(
            async () => (await ProfilesAsync(agent)).Count(profile => profile.Container[0] == 'c' && profile.Status == "completed") == Brief ? "all" : null, () => agent.Log);
        Learned[] all = [.. (await ProfilesAsync(agent)).Where(profile => profile.Container[0] == 'c')];

        // Whole: it was seen from its first to its last moment.
        Assert.Equal(Enumerable.Range(0, Brief).Select(i => $"c{i} complete /bin/true entry-{i}"), all.OrderBy(profile => profile.Container).Select(profile => $"{profile.Container} {profile.Completion} {string.Join(';', profile.Execs)}"));
    }

    [Fact]
    public async Task Kill_WhileAContainerIsLearned_TheNextAgentGoesOnWithItsProfile()
    {
        await using ContainerdFixture containerd = await ContainerdFixture.StartAsync();
        string pod = await containerd.RunPodAsync("shop", "steady", $"{Guid.NewGuid()}");
        string folder = Directory.CreateDirectory(_data["shared"]).FullName;
        var container = new TestContainer("main", "/bin/sh", "-c", "while true; do /bin/ls /shared; [ -e /shared/later ] && /bin/true afterwards; sleep 0.2; done") { Mounts = [new(folder, "/shared", true)] };
        await using (AgentProcess first = await StartAsync(containerd))
        {
            await containerd.RunContainerAsync(pod, container);
            await MainAsync(first, profile => profile.Execs.Contains("/bin/ls /shared"));
            await first.KillAsync();
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "later"), string.Empty, TestContext.Current.CancellationToken);
        await using AgentProcess second = await StartAsync(containerd);
        Learned learned = await MainAsync(second, profile => profile.Execs.Contains("/bin/true afterwards"));

        Assert.Contains(learned.Execs, exec => exec.StartsWith("/bin/sh -c while true", StringComparison.Ordinal)); // what only the first one saw
        Assert.Contains("/bin/ls /shared", learned.Execs);
        Assert.Equal(("ready", "partial"), (learned.Status, learned.Completion));
    }

    private Task<AgentProcess> StartAsync(ContainerdFixture containerd) => AgentProcess.StartAsync(
        _data["agent"], "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--checkpoint-interval", "1s", "--cri-sockets", containerd.Socket);

    private static async Task<Learned> MainAsync(AgentProcess agent, Func<Learned, bool> condition)
    {
        Learned? found = null;
        await Eventually.GetAsync(
            async () => (found = (await ProfilesAsync(agent)).FirstOrDefault(profile => profile.Container == "main" && condition(profile))) is null ? null : "found", () => $"{found}\n{agent.Log}");
        return found!;
    }

    private static async Task<Learned[]> ProfilesAsync(AgentProcess agent)
    {
        using JsonDocument list = await agent.ProfilesAsync();
        return [.. list.RootElement.GetProperty("items").EnumerateArray().Select(Learned.Of).Where(profile => profile.Namespace == "shop")];
    }

    private sealed record Learned(string Namespace, string Container, string Status, string Completion, string[] Execs)
    {
        public static Learned Of(JsonElement item)
        {
            JsonElement metadata = item.GetProperty("metadata");
            JsonElement annotations = metadata.GetProperty("annotations");
            return new Learned(
                metadata.GetProperty("namespace").GetString()!,
                metadata.GetProperty("labels").GetProperty("kubescape.io/workload-container-name").GetString()!,
                annotations.GetProperty("kubescape.io/status").GetString()!,
                annotations.GetProperty("kubescape.io/completion").GetString()!,
                item.GetProperty("spec").TryGetProperty("execs", out JsonElement execs) && execs.ValueKind == JsonValueKind.Array
                    ? [.. execs.EnumerateArray().Select(exec => string.Join(' ', exec.GetProperty("args").EnumerateArray().Select(arg => arg.GetString())))]
                    : []);
        }
    }
}
