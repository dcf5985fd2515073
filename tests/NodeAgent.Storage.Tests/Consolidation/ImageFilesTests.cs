// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Consolidation;

/// <summary>Files that an SBOM in the storage names stay themselves in the profiles of its image.</summary>
public abstract class ImageFilesTests(TestEngine engine) : IAsyncLifetime
{
    private const string Tag = "r.io/nginx:1.27";
    private const string Digest = "sha256:0123456789abcdef";
    private ServerFixture _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerFixture.StartAsync(engine);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Create_ChunksOfAnImageWithAnSbom_NameItsFilesOneByOne()
    {
        await PutSbomAsync("/data/f3", "/data/f57", "/never/opened");
        var series = new DeltaSeries("node", TimeProvider.System);
        await SendAsync(series, Enumerable.Range(0, 40));
        await SendAsync(series, Enumerable.Range(0, 80));

        Assert.Equal(["/data/f3", "/data/f57", "/data/⋯"], await OpensAsync("containerprofiles", Chunks.Name("nginx")));
        Assert.Equal(["/data/f3", "/data/f57", "/data/⋯"], await OpensAsync("applicationprofiles", Chunks.Workload));
    }

    [Fact]
    public async Task Create_ChunksOfAnImageThatNobodyDescribed_AreGeneralised()
    {
        await PutSbomAsync("/data/f3");
        await SendAsync(new DeltaSeries("node", TimeProvider.System), Enumerable.Range(0, 80), tag: "r.io/another:1");

        Assert.Equal(["/data/⋯"], await OpensAsync("containerprofiles", Chunks.Name("nginx")));
    }

    private async Task PutSbomAsync(params string[] files)
    {
        Assert.True(Slug.TryImage(Tag, Digest, out string name));
        var sbom = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["syft"] = new JsonObject { ["files"] = new JsonArray([.. files.Select(file => new JsonObject { ["location"] = new JsonObject { ["path"] = file } })]) } },
        };
        Answer answer = await _server.SendAsync("POST", $"{ServerFixture.Root}/namespaces/{SbomSyft.ImagesNamespace}/sbomsyfts", sbom.ToJsonString());
        Assert.True(answer.Code == 201, answer.Text);
    }

    private async Task SendAsync(DeltaSeries series, IEnumerable<int> files, string tag = Tag)
    {
        ContainerProfile profile = Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a");
        profile = profile with { Spec = profile.Spec! with { ImageTag = tag, ImageID = Digest, Opens = [.. files.Select(i => new OpenCalls { Path = $"/data/f{i}", Flags = ["O_RDONLY"] }).OrderBy(open => open.Path, StringComparer.Ordinal)] } };
        Delta delta = series.Next(profile, Chunks.Workload, 1 << 20)!;
        Answer answer = await _server.SendAsync("POST", ServerFixture.Collection, Chunks.Text(delta.Chunk(0)));
        Assert.True(answer.Code == 201, answer.Text);
        series.Acknowledge(delta);
    }

    private async Task<string[]> OpensAsync(string resource, string name)
    {
        Answer answer = await _server.SendAsync("GET", $"{ServerFixture.Root}/namespaces/store/{resource}/{name}");
        JsonNode spec = answer.Json!["spec"]!;
        return [.. (spec["opens"] ?? spec["containers"]![0]!["opens"])!.AsArray().Select(open => open!["path"]!.GetValue<string>())];
    }
}

public sealed class SqliteImageFilesTests() : ImageFilesTests(new SqliteEngine());

public sealed class PostgresImageFilesTests(PostgresCluster cluster) : ImageFilesTests(new PostgresEngine(cluster));
