// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Tests.Ownership;

/// <summary>Server-side apply over HTTP, judged by recorded exchanges where there are some.</summary>
public sealed class ApplyTests
{
    private const string Type = "application/apply-patch+yaml";
    private const string Path = ServerFixture.Collection + "/applied";

    [Fact]
    public async Task Recorded_CreateConflictAndForce_AreAnsweredTheSame()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        Answer created = await ApplyAsync(fixture, "one", Labels("k: '1'"));
        AssertManagers(Recording.Load("apply-create-201"), created);

        Answer conflict = await ApplyAsync(fixture, "two", Labels("k: '2'"));
        JsonNode wanted = JsonNode.Parse(Recording.Load("apply-conflict-409").Body!.ToJsonString().Replace(".data.k", ".metadata.labels.k", StringComparison.Ordinal))!;
        Assert.Equal(409, conflict.Code);
        Assert.True(JsonNode.DeepEquals(wanted, conflict.Json), conflict.Text);

        Answer forced = await ApplyAsync(fixture, "two", Labels("k: '2'"), "&force=true");
        AssertManagers(Recording.Load("apply-force-200"), forced);
        Recording.Load("apply-400-no-manager").AssertSame(await fixture.SendAsync("PATCH", Path, Labels("k: '2'"), Type));
    }

    [Fact]
    public async Task Apply_TheSameAgain_ChangesNothing()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        Answer first = await ApplyAsync(fixture, "one", Spec("architectures: [amd64]"));
        Answer second = await ApplyAsync(fixture, "one", Spec("architectures: [amd64]"));

        Assert.Equal((201, 200), (first.Code, second.Code));
        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task Apply_FieldLeftOut_GoesUnlessAnotherHasSetItToo()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        await ApplyAsync(fixture, "one", Labels("mine: a, shared: b"));
        Assert.Equal(200, (await ApplyAsync(fixture, "two", Labels("shared: b"))).Code);
        Answer answer = await ApplyAsync(fixture, "one", Metadata(""));

        Assert.Equal("""{"shared":"b"}""", answer.Json!["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("two", Assert.Single(Managers(answer)).Split(' ')[0]);

        answer = await ApplyAsync(fixture, "two", Metadata(""));
        Assert.Null(answer.Json!["metadata"]!["labels"]);
        Assert.Null(answer.Json["metadata"]!["managedFields"]);
    }

    [Fact]
    public async Task Apply_OverWhatNobodyHasApplied_ConflictsWithWhoWroteIt()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        fixture.Client.DefaultRequestHeaders.UserAgent.ParseAdd("writer/1.0");
        await fixture.CreateAsync("applied", spec: """{"architectures":["arm64"],"execs":[{"path":"/bin/sh"}]}""");
        Answer conflict = await ApplyAsync(fixture, "one", Spec("architectures: [amd64]"));

        Assert.Equal(409, conflict.Code);
        Assert.Matches("^Apply failed with 1 conflict: conflict with \"writer\" using spdx.softwarecomposition.kubescape.io/v1beta1 at [0-9TZ:-]+: .spec.architectures$", (string?)conflict.Json!["message"]);
        Answer forced = await ApplyAsync(fixture, "one", Spec("architectures: [amd64]"), "&force=true");
        Assert.Equal(["one Apply {\"f:spec\":{\"f:architectures\":{}}}", "writer Update {\"f:spec\":{\"f:execs\":{}}}"], Managers(forced));
        Assert.Equal("/bin/sh", (string?)forced.Json!["spec"]!["execs"]![0]!["path"]);
    }

    [Fact]
    public async Task Writes_OfEveryVerb_NameWhoSetWhat()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        await fixture.SendAsync("POST", ServerFixture.Collection + "?fieldManager=maker", ServerFixture.Profile("applied", ""","labels":{"a":"1"}""", """{"architectures":["amd64"]}"""));
        Answer patched = await fixture.SendAsync("PATCH", Path + "?fieldManager=patcher", """{"metadata":{"labels":{"b":"2"}}}""", "application/merge-patch+json");
        Assert.Equal(
            ["maker Update {\"f:metadata\":{\"f:labels\":{\".\":{},\"f:a\":{}}},\"f:spec\":{\"f:architectures\":{}}}", "patcher Update {\"f:metadata\":{\"f:labels\":{\"f:b\":{}}}}"],
            Managers(patched));

        // Whoever changes a field has it; whoever takes one away takes it from all.
        JsonNode document = patched.Json!.DeepClone();
        document["metadata"]!["labels"] = new JsonObject { ["b"] = "3" };
        Answer updated = await fixture.SendAsync("PUT", Path + "?fieldManager=updater", document.ToJsonString());
        Assert.Equal(
            ["maker Update {\"f:metadata\":{\"f:labels\":{}},\"f:spec\":{\"f:architectures\":{}}}", "updater Update {\"f:metadata\":{\"f:labels\":{\"f:b\":{}}}}"],
            Managers(updated));

        Answer same = await fixture.SendAsync("PATCH", Path + "?fieldManager=idle", """{"metadata":{"labels":{"b":"3"}}}""", "application/merge-patch+json");
        Assert.Equal(updated.Text, same.Text);
    }

    [Fact]
    public async Task ManagedFields_GivenByAClient_CountWhenTheyAreSuchAndElseNot()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        await ApplyAsync(fixture, "one", Labels("k: '1'"));
        Answer nonsense = await fixture.SendAsync("PATCH", Path, """{"metadata":{"managedFields":[{"manager":"x","operation":"Nonsense"}]}}""", "application/merge-patch+json");
        Assert.StartsWith("one Apply", Assert.Single(Managers(nonsense)), StringComparison.Ordinal);

        Answer cleared = await fixture.SendAsync("PATCH", Path, """[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]""", "application/json-patch+json");
        Assert.Null(cleared.Json!["metadata"]!["managedFields"]);
        Answer conflict = await ApplyAsync(fixture, "one", Labels("k: '2'"));
        Assert.Contains("conflict with \"before-first-apply\"", conflict.Text.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_OwnersAndFinalizers_AreSharedByItem()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        await ApplyAsync(fixture, "one", Metadata("finalizers: [a.b/one], ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u1}]"));
        Answer both = await ApplyAsync(fixture, "two", Metadata("finalizers: [a.b/two], ownerReferences: [{apiVersion: v1, kind: Pod, name: q, uid: u2}]"));
        Assert.Equal("""["a.b/one","a.b/two"]""", both.Json!["metadata"]!["finalizers"]!.ToJsonString());
        Assert.Equal(["p", "q"], both.Json["metadata"]!["ownerReferences"]!.AsArray().Select(owner => (string?)owner!["name"]));

        Answer left = await ApplyAsync(fixture, "one", Metadata(""));
        Assert.Equal("""["a.b/two"]""", left.Json!["metadata"]!["finalizers"]!.ToJsonString());
        Assert.Equal("q", (string?)Assert.Single(left.Json["metadata"]!["ownerReferences"]!.AsArray())!["name"]);
    }

    [Theory]
    [InlineData("a: [", 400, "error decoding YAML: line")]
    [InlineData("{\"a\":", 400, "error decoding patch")]
    [InlineData("just text", 400, "an object with apiVersion and kind")]
    [InlineData("kind: ContainerProfile", 400, "an object with apiVersion and kind")]
    [InlineData("apiVersion: v1\nkind: Pod", 400, "cannot be handled as a ContainerProfile")]
    [InlineData("apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1\nkind: ContainerProfile\nmetadata: {name: other}", 400, "does not match the name on the URL")]
    [InlineData("apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1\nkind: ContainerProfile\nmetadata: {managedFields: [{manager: x}]}", 400, "metadata.managedFields must be nil")]
    [InlineData("apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1\nkind: ContainerProfile\nspec: {nonsense: 1}", 400, "unknown field")]
    [InlineData("apiVersion: spdx.softwarecomposition.kubescape.io/v1beta1\nkind: ContainerProfile\nspec: {architectures: 1}", 400, "expected array")]
    public async Task Apply_WrongConfiguration_IsRefused(string body, int code, string expected)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        Answer answer = await ApplyAsync(fixture, "one", body, "&fieldValidation=Strict");

        Assert.Equal(code, answer.Code);
        Assert.Contains(expected, (string?)answer.Json!["message"], StringComparison.Ordinal);
        Assert.Equal(404, (await fixture.SendAsync("GET", Path)).Code);
    }

    [Fact]
    public async Task Apply_DryRunOrConditionOrForceElsewhere_AsDocumented()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        Assert.Equal(201, (await ApplyAsync(fixture, "one", Labels("k: a"), "&dryRun=All")).Code);
        Assert.Equal(404, (await fixture.SendAsync("GET", Path)).Code);
        await ApplyAsync(fixture, "one", Labels("k: a"));
        Assert.Equal(409, (await ApplyAsync(fixture, "one", Metadata("resourceVersion: '1', labels: {k: b}"))).Code);
        Answer forced = await fixture.SendAsync("PATCH", Path + "?force=true", "{}", "application/merge-patch+json");
        Assert.Equal(422, forced.Code);
        Assert.Contains("may not be specified for non-apply patch", forced.Text, StringComparison.Ordinal);
    }

    private static Task<Answer> ApplyAsync(ServerFixture fixture, string manager, string body, string query = "") =>
        fixture.SendAsync("PATCH", $"{Path}?fieldManager={manager}{query}", body, Type);

    private static string Labels(string labels) => Metadata($"labels: {{{labels}}}");

    private static string Metadata(string more) => $"apiVersion: {ServerFixture.ApiVersion}\nkind: ContainerProfile\nmetadata: {{name: applied{(more.Length > 0 ? ", " + more : "")}}}\n";

    private static string Spec(string spec) => Metadata("") + $"spec: {{{spec}}}\n";

    private static string[] Managers(Answer answer) =>
        [.. (answer.Json!["metadata"]!["managedFields"] as JsonArray ?? []).Select(entry => $"{entry!["manager"]} {entry["operation"]} {entry["fieldsV1"]!.ToJsonString()}")];

    // The recorded map is a member of its own; ours stands in metadata.
    private static void AssertManagers(Recording recording, Answer answer)
    {
        Assert.Equal(recording.Code, answer.Code);
        JsonNode theirs = recording.Body!["metadata"]!["managedFields"]!.DeepClone();
        JsonNode ours = answer.Json!["metadata"]!["managedFields"]!.DeepClone();
        foreach (JsonNode? entry in theirs.AsArray())
        {
            entry!["fieldsV1"] = JsonNode.Parse("""{"f:metadata":{"f:labels":{"f:k":{}}}}""");
            entry["apiVersion"] = ServerFixture.ApiVersion;
        }

        Assert.Equal(theirs.AsArray().Select(entry => entry!.AsObject().Select(member => member.Key)), ours.AsArray().Select(entry => entry!.AsObject().Select(member => member.Key)));
        foreach (JsonNode? entry in theirs.AsArray().Concat(ours.AsArray()))
        {
            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string)entry!["time"]!);
            entry["time"] = null;
        }

        Assert.True(JsonNode.DeepEquals(theirs, ours), ours.ToJsonString());
    }
}
