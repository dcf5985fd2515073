// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Learning;
using NodeAgent.Storage;
using NodeAgent.Tests.Agent;
using NodeAgent.Tests.Pipeline;
using NodeAgent.TestSupport;

namespace NodeAgent.Tests.UserManaged;

/// <summary>Not among the unit tests: some of them measure the memory of their process.</summary>
[Trait("Level", "Integration")]
public sealed class OversizedProfileTests : IDisposable
{
    private const int HundredMegabytes = 100_000_000;

    private readonly ScratchFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Overlay_Of100Megabytes_IsNamedAndTheOthersAreUsed()
    {
        var options = new StorageOptions { DataDirectory = _data.Path, ListenAddress = "127.0.0.1:0", MaxRequestBodyBytes = 2 * HundredMegabytes };
        await using StorageServer server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        await CreateAsync(server, "ug-large", HundredMegabytes);
        await CreateAsync(server, "ug-small", 100);

        var logger = new RecordingLogger();
        await using var learner = new ProfileLearner(new ProfileOptions(), new NoNames(), TimeProvider.System, NullLogger<ProfileLearner>.Instance);
        await using var link = new StorageLink(server.KubeconfigPath, learner, logger, TimeProvider.System);

        await Eventually.TrueAsync(() => logger.Lines.Any(line => line.Contains("0 in place of learning, 1 overlays", StringComparison.Ordinal)), "the small one in use");
        Assert.Contains(logger.Lines, line => line.Contains("applicationprofiles shop/ug-large is not used", StringComparison.Ordinal) && line.Contains("larger than", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Overlay_LargerThanTheStorageTakes_IsRefusedAsAStatus()
    {
        var options = new StorageOptions { DataDirectory = _data.Path, ListenAddress = "127.0.0.1:0" };
        await using StorageServer server = await StorageServer.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, TestContext.Current.CancellationToken);
        using HttpResponseMessage answer = await PostAsync(server, "ug-large", HundredMegabytes);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("\"reason\":\"RequestEntityTooLarge\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task CreateAsync(StorageServer server, string name, int bytes)
    {
        using HttpResponseMessage answer = await PostAsync(server, name, bytes);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(StorageServer server, string name, int bytes)
    {
        using HttpClient client = server.CreateClient();
        using var body = new StringContent(Document(name, bytes), Encoding.UTF8, "application/json");
        return await client.PostAsync(
            new Uri("/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/applicationprofiles", UriKind.Relative), body, TestContext.Current.CancellationToken);
    }

    private static string Document(string name, int bytes)
    {
        var text = new StringBuilder(bytes + 512);
        text.Append("""{"metadata":{"name":"NAME","annotations":{"kubescape.io/managed-by":"User"}},"spec":{"containers":[{"name":"main","execs":[{"path":"/bin/0"}""").Replace("NAME", name);
        for (int i = 1; text.Length < bytes; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $$""",{"path":"/bin/{{i}}"}""");
        }

        return text.Append("]}]}}").ToString();
    }
}
