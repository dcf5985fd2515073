// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Consolidation;

public abstract class ConsolidationTests(TestEngine engine) : IAsyncLifetime
{
    private ServerFixture _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerFixture.StartAsync(engine, options => options.MaxRequestBodyBytes = 256 << 10);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Create_Chunk_IsAnsweredAsACreateAndStoredAsItsProfile()
    {
        Answer answer = await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")));

        Assert.Equal(201, answer.Code);
        string chunk = answer.Json!["metadata"]!["name"]!.GetValue<string>();
        Assert.StartsWith(Chunks.Name("nginx") + "-", chunk, StringComparison.Ordinal);
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Collection}/{chunk}")).Code);
        JsonNode profile = await GetAsync("containerprofiles", Chunks.Name("nginx"));
        Assert.Equal("/bin/a", Execs(profile).Single());
        Assert.Equal((ProfileStatus.Ready, "1", "1 default"), (Annotation(profile, KubescapeAnnotations.Status), profile["metadata"]!["generation"]!.ToString(), Annotation(profile, ChunkAnnotations.Normal)));
        JsonNode application = await GetAsync("applicationprofiles", Chunks.Workload);
        Assert.Equal("nginx", application["spec"]!["containers"]![0]!["name"]!.GetValue<string>());
        Assert.Equal(Chunks.Name("nginx"), Annotation(application, ChunkAnnotations.Containers));
        Assert.NotEmpty((await GetAsync("networkneighborhoods", Chunks.Workload))["spec"]!["containers"]![0]!["egress"]!.AsArray());
    }

    [Fact]
    public async Task Create_ChunksOfManyNodesAtOnce_AreAllInTheProfile()
    {
        string[] chunks = [.. Enumerable.Range(0, 24).Select(i => Chunks.Of(Chunks.Profile(i % 2 == 0 ? "nginx" : "sidecar", ProfileStatus.Ready, $"/bin/{i}", "/bin/all"), $"node-{i}"))];

        Answer[] answers = await Task.WhenAll(chunks.Concat(chunks.Take(5)).Select(PostAsync));

        Assert.All(answers, answer => Assert.Equal(201, answer.Code));
        Assert.Equal(13, Execs(await GetAsync("containerprofiles", Chunks.Name("nginx"))).Length);
        Assert.Equal(13, Execs(await GetAsync("containerprofiles", Chunks.Name("sidecar"))).Length);
        JsonArray containers = (await GetAsync("applicationprofiles", Chunks.Workload))["spec"]!["containers"]!.AsArray();
        Assert.Equal([13, 13], containers.Select(container => container!["execs"]!.AsArray().Count));
    }

    [Fact]
    public async Task Create_ChunkThatIsThereAlready_ChangesNothing()
    {
        string chunk = Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a"));
        await PostAsync(chunk);
        string before = Version(await GetAsync("containerprofiles", Chunks.Name("nginx")));

        Assert.Equal(201, (await PostAsync(chunk)).Code);

        Assert.Equal(before, Version(await GetAsync("containerprofiles", Chunks.Name("nginx"))));
    }

    [Fact]
    public async Task Fault15_ChunkAfterOneThatIsLost_IsPartialUntilEverythingCame()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        series.Acknowledge(series.Next(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/lost"), Chunks.Workload, 1 << 20)!);
        string later = Chunks.Text(series.Next(Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/lost", "/bin/b"), Chunks.Workload, 1 << 20)!.Chunk(0));

        Answer answer = await _server.SendAsync("POST", ServerFixture.Collection, later, accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");

        Assert.Equal(("PartialObjectMetadata", "true"), (answer.Json!["kind"]!.GetValue<string>(), Annotation(answer.Json, ChunkAnnotations.Missing)));
        JsonNode profile = await GetAsync("containerprofiles", Chunks.Name("nginx"));
        Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Partial, ProfileStatement.DeltaMissing),
            (Annotation(profile, KubescapeAnnotations.Status), Annotation(profile, KubescapeAnnotations.Completion), Annotation(profile, KubescapeAnnotations.PartialReason)));
        series.StartOver();
        Answer whole = await PostAsync(Chunks.Text(series.Next(Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/lost", "/bin/b"), Chunks.Workload, 1 << 20)!.Chunk(0)));
        Assert.Null(whole.Json!["metadata"]!["annotations"]![ChunkAnnotations.Missing]);
        profile = await GetAsync("containerprofiles", Chunks.Name("nginx"));
        Assert.Equal((ProfileCompletion.Complete, ""), (Annotation(profile, KubescapeAnnotations.Completion), Annotation(profile, KubescapeAnnotations.PartialReason)));
        Assert.Equal(ProfileCompletion.Complete, Annotation(await GetAsync("networkneighborhoods", Chunks.Workload), KubescapeAnnotations.Completion));
    }

    [Fact]
    public async Task Create_ChunkOfANodeThatMissedNothing_TakesTheWindowOfTheOtherAwayAtBothEnds()
    {
        const string Window = "2026-01-31T10:00:00.000Z/2026-01-31T10:05:00.000Z";
        ContainerProfile missed = Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/a");
        var annotations = new Dictionary<string, string>(missed.Metadata.Annotations!)
        {
            [KubescapeAnnotations.Completion] = ProfileCompletion.Partial,
            [KubescapeAnnotations.PartialReason] = "events-lost",
            [KubescapeAnnotations.PartialWindow] = Window,
        };
        await PostAsync(Chunks.Of(missed with { Metadata = missed.Metadata with { Annotations = annotations } }, "one"));
        Assert.Equal([Window, Window, Window], await WindowsAsync());

        await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/a"), "two"));

        Assert.Equal(["", "", ""], await WindowsAsync());

        async Task<string[]> WindowsAsync() =>
        [
            Annotation(await GetAsync("containerprofiles", Chunks.Name("nginx")), KubescapeAnnotations.PartialWindow),
            Annotation(await GetAsync("applicationprofiles", Chunks.Workload), KubescapeAnnotations.PartialWindow),
            Annotation(await GetAsync("networkneighborhoods", Chunks.Workload), KubescapeAnnotations.PartialWindow),
        ];
    }

    [Fact]
    public async Task Create_ChunkOfACompleteProfile_IsAcknowledgedAndNotLearned()
    {
        await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/a"), "one"));
        string before = Version(await GetAsync("containerprofiles", Chunks.Name("nginx")));

        Assert.Equal(201, (await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/evil"), "two"))).Code);

        JsonNode profile = await GetAsync("containerprofiles", Chunks.Name("nginx"));
        Assert.Equal((before, "/bin/a"), (Version(profile), Execs(profile).Single()));
    }

    [Fact]
    public async Task Create_ChunkOfWhatUsersManage_LeavesItAsItIs()
    {
        await _server.CreateAsync(Chunks.Name("nginx"), ",\"annotations\":{\"kubescape.io/managed-by\":\"User\",\"kubescape.io/status\":\"ready\"}");
        string application = """{"metadata":{"name":"WORKLOAD","annotations":{"kubescape.io/managed-by":"User"}},"spec":{}}""".Replace("WORKLOAD", Chunks.Workload, StringComparison.Ordinal);
        Assert.Equal(201, (await _server.SendAsync("POST", $"{ServerFixture.Root}/namespaces/store/applicationprofiles", application)).Code);

        Assert.Equal(201, (await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")))).Code);
        Assert.Equal(201, (await PostAsync(Chunks.Of(Chunks.Profile("sidecar", ProfileStatus.Ready, "/bin/a")))).Code);

        Assert.Null((await GetAsync("containerprofiles", Chunks.Name("nginx")))["spec"]!["execs"]);
        Assert.Null((await GetAsync("applicationprofiles", Chunks.Workload))["spec"]!["containers"]);
        Assert.Equal("sidecar", (await GetAsync("networkneighborhoods", Chunks.Workload))["spec"]!["containers"]!.AsArray().Single()!["name"]!.GetValue<string>());
    }

    [Fact]
    public async Task Delete_Profile_GoesFromTheWorkloadsProfilesToo()
    {
        await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")));
        await PostAsync(Chunks.Of(Chunks.Profile("sidecar", ProfileStatus.Ready, "/bin/b")));

        Assert.Equal(200, (await _server.SendAsync("DELETE", $"{ServerFixture.Collection}/{Chunks.Name("nginx")}")).Code);
        Assert.Equal("sidecar", (await GetAsync("applicationprofiles", Chunks.Workload))["spec"]!["containers"]!.AsArray().Single()!["name"]!.GetValue<string>());

        Assert.Equal(200, (await _server.SendAsync("DELETE", $"{ServerFixture.Collection}/{Chunks.Name("sidecar")}")).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Root}/namespaces/store/applicationprofiles/{Chunks.Workload}")).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Root}/namespaces/store/networkneighborhoods/{Chunks.Workload}")).Code);
    }

    [Fact]
    public async Task Patch_OfAProfile_IsFollowedAndIsUnitedWithLater()
    {
        var series = new DeltaSeries("node", TimeProvider.System);
        Delta first = series.Next(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a"), Chunks.Workload, 1 << 20)!;
        await PostAsync(Chunks.Text(first.Chunk(0)));
        series.Acknowledge(first);
        string patch = """[{"op":"add","path":"/spec/execs/0","value":{"path":"/bin/z","args":[]}},{"op":"add","path":"/spec/execs/0","value":{"path":"/bin/b","args":[]}}]""";
        Assert.Equal(200, (await _server.SendAsync("PATCH", $"{ServerFixture.Collection}/{Chunks.Name("nginx")}", patch, "application/json-patch+json")).Code);
        Assert.Equal(3, (await GetAsync("applicationprofiles", Chunks.Workload))["spec"]!["containers"]![0]!["execs"]!.AsArray().Count);

        await PostAsync(Chunks.Text(series.Next(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a", "/bin/c"), Chunks.Workload, 1 << 20)!.Chunk(0)));

        Assert.Equal(["/bin/a", "/bin/b", "/bin/c", "/bin/z"], Execs(await GetAsync("containerprofiles", Chunks.Name("nginx"))));
    }

    [Theory]
    [InlineData(ChunkAnnotations.Sequence, "none", "metadata.annotations[node-agent.io/sequence]")]
    [InlineData(ChunkAnnotations.Workload, "Not A Name", "metadata.annotations[node-agent.io/workload]")]
    [InlineData(ChunkAnnotations.Part, "0/0", "metadata.annotations[node-agent.io/part]")]
    public async Task Create_ChunkThatIsNonsense_IsRefusedByFieldAndChangesNothing(string key, string value, string field)
    {
        JsonNode chunk = JsonNode.Parse(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")))!;
        chunk["metadata"]!["annotations"]![key] = value;

        await AssertRefusedAsync(chunk, field);
    }

    [Fact]
    public async Task Create_ChunkWithAnotherName_IsRefused()
    {
        JsonNode chunk = JsonNode.Parse(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")))!;
        chunk["metadata"]!["name"] = "web";
        await AssertRefusedAsync(chunk, "metadata.name");
    }

    [Fact]
    public async Task Create_ForeignChunkFromTheFarFuture_IsRefused()
    {
        JsonNode chunk = Foreign(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a")));
        chunk["metadata"]!["annotations"]![KubescapeAnnotations.ReportTimestamp] = "9999-12-31 23:59:59 +0000 UTC";
        await AssertRefusedAsync(chunk, "metadata.annotations[kubescape.io/report-timestamp]");
    }

    // Fault 14 of the reference: a chunk that is too large must get a Status with its reason, and no plain text.
    [Fact]
    public async Task Fault14_ChunkThatIsTooLarge_GetsAStatus()
    {
        Answer answer = await PostAsync(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/" + new string('x', 300_000))));

        Assert.Equal((413, "Status", "RequestEntityTooLarge"), (answer.Code, answer.Json!["kind"]!.GetValue<string>(), answer.Json["reason"]!.GetValue<string>()));
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Collection}/{Chunks.Name("nginx")}")).Code);
    }

    [Fact]
    public async Task Update_OfAChunk_IsUnitedAsWell()
    {
        string chunk = Foreign(Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Completed, "/bin/a"))).ToJsonString();
        string name = JsonNode.Parse(chunk)!["metadata"]!["name"]!.GetValue<string>();

        Answer answer = await _server.SendAsync("PUT", $"{ServerFixture.Collection}/{name}", chunk);

        Assert.True(answer.Code == 200, answer.Text);
        Assert.Equal(ProfileCompletion.Complete, Annotation(await GetAsync("containerprofiles", Chunks.Name("nginx")), KubescapeAnnotations.Completion));
        Assert.Equal(Chunks.Name("nginx"), Annotation(await GetAsync("applicationprofiles", Chunks.Workload), ChunkAnnotations.Containers));
    }

    [Fact]
    public async Task Create_ChunkAsADryRun_ChangesNothing()
    {
        string chunk = Chunks.Of(Chunks.Profile("nginx", ProfileStatus.Ready, "/bin/a"));
        Assert.Equal(201, (await _server.SendAsync("POST", ServerFixture.Collection + "?dryRun=All", chunk)).Code);
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Collection}/{Chunks.Name("nginx")}")).Code);
    }

    private static JsonNode Foreign(string chunk)
    {
        JsonNode node = JsonNode.Parse(chunk)!;
        var annotations = (JsonObject)node["metadata"]!["annotations"]!;
        foreach (string key in annotations.Select(pair => pair.Key).Where(key => key.StartsWith("node-agent.io/", StringComparison.Ordinal)).ToArray())
        {
            annotations.Remove(key);
        }

        return node;
    }

    private static string[] Execs(JsonNode profile) => [.. profile["spec"]!["execs"]!.AsArray().Select(exec => exec!["path"]!.GetValue<string>())];

    private static string Version(JsonNode item) => item["metadata"]!["resourceVersion"]!.GetValue<string>();

    private static string Annotation(JsonNode item, string key) => item["metadata"]!["annotations"]![key]?.GetValue<string>() ?? string.Empty;

    private async Task AssertRefusedAsync(JsonNode chunk, string field)
    {
        Answer answer = await PostAsync(chunk.ToJsonString());

        Assert.True(answer.Code == 422, answer.Text);
        Assert.Equal(field, answer.Json!["details"]!["causes"]![0]!["field"]!.GetValue<string>());
        Assert.Equal(404, (await _server.SendAsync("GET", $"{ServerFixture.Collection}/{Chunks.Name("nginx")}")).Code);
    }

    private Task<Answer> PostAsync(string chunk) => _server.SendAsync("POST", ServerFixture.Collection, chunk);

    private async Task<JsonNode> GetAsync(string resource, string name)
    {
        Answer answer = await _server.SendAsync("GET", $"{ServerFixture.Root}/namespaces/store/{resource}/{name}");
        Assert.True(answer.Code == 200, answer.Text);
        return answer.Json!;
    }
}

public sealed class SqliteConsolidationTests() : ConsolidationTests(new SqliteEngine());

public sealed class PostgresConsolidationTests(PostgresCluster cluster) : ConsolidationTests(new PostgresEngine(cluster));
