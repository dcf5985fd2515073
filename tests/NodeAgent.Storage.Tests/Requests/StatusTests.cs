// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

/// <summary>The subresource <c>status</c>, as recorded of a custom resource.</summary>
public abstract class StatusTests(TestEngine engine)
{
    private const string Collection = "/apis/hostdata.kubescape.cloud/v1beta1/kernelversions";
    private const string MergePatch = "application/merge-patch+json";
    private const string ApplyPatch = "application/apply-patch+yaml";

    [Fact]
    public async Task Create_WithAStatus_DropsIt()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await CreateAsync(fixture);

        Assert.Null(created["status"]);
        Assert.Equal(404, (await fixture.SendAsync("GET", Collection + "/none/status")).Code);
        Assert.Equal(405, (await fixture.SendAsync("DELETE", Collection + "/n1/status")).Code);
        Assert.Equal(405, (await fixture.SendAsync("POST", Collection + "/n1/status", "{}")).Code);
    }

    [Fact]
    public async Task Patch_OfTheStatus_ChangesNothingElse()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await CreateAsync(fixture);
        Answer patched = await fixture.SendAsync("PATCH", Collection + "/n1/status", """{"metadata":{"labels":{"a":"b"},"finalizers":["x/y"]},"spec":{"content":"other"},"status":{"error":"none"}}""", MergePatch);
        JsonNode metadata = patched.Json!["metadata"]!;

        Assert.Equal(200, patched.Code);
        Assert.Equal("none", (string?)patched.Json["status"]!["error"]);
        Assert.Equal("Linux", (string?)patched.Json["spec"]!["content"]);
        Assert.Null(metadata["labels"]);
        Assert.Null(metadata["finalizers"]);
        Assert.Equal(1, (int)metadata["generation"]!);
        Assert.NotEqual((string?)created["metadata"]!["resourceVersion"], (string?)metadata["resourceVersion"]);
        Assert.Equal(
            Managers(Recording.Load("crd-object-status-patch").Body!).Select(manager => manager[(manager.IndexOf(' ', StringComparison.Ordinal) + 1)..]),
            Managers(patched.Json).Select(manager => manager[(manager.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        Assert.True(JsonNode.DeepEquals(patched.Json, (await fixture.SendAsync("GET", Collection + "/n1/status")).Json));
    }

    [Fact]
    public async Task Update_OfTheObject_LeavesTheStatus()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await CreateAsync(fixture);
        Answer status = await fixture.SendAsync("PUT", Collection + "/n1/status", """{"metadata":{"name":"n1"},"status":{"lastSensed":"2026-08-22T10:00:00Z"}}""");
        Answer updated = await fixture.SendAsync("PUT", Collection + "/n1", """{"metadata":{"name":"n1"},"spec":{"content":"new"},"status":{"lastSensed":"never"}}""");
        Answer patched = await fixture.SendAsync("PATCH", Collection + "/n1", """{"status":null}""", MergePatch);

        Assert.Equal("Linux", (string?)status.Json!["spec"]!["content"]);
        Assert.Equal(("new", "2026-08-22T10:00:00Z", 2), ((string?)updated.Json!["spec"]!["content"], (string?)updated.Json["status"]!["lastSensed"], (int)updated.Json["metadata"]!["generation"]!));
        Assert.Equal("2026-08-22T10:00:00Z", (string?)patched.Json!["status"]!["lastSensed"]);
        Assert.Equal((string?)updated.Json["metadata"]!["resourceVersion"], (string?)patched.Json["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Update_OfTheStatusWithAnOldRevision_IsAConflict()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        JsonNode created = await CreateAsync(fixture);
        string old = (string)created["metadata"]!["resourceVersion"]!;
        string body = $$$"""{"metadata":{"name":"n1","resourceVersion":"{{{old}}}"},"status":{"error":"a"}}""";

        Assert.Equal(200, (await fixture.SendAsync("PUT", Collection + "/n1/status", body)).Code);
        Assert.Equal(409, (await fixture.SendAsync("PUT", Collection + "/n1/status", body)).Code);
    }

    [Fact]
    public async Task Apply_AtEachAddress_OwnsOnlyWhatIsThere()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        const string Configuration = """
            apiVersion: hostdata.kubescape.cloud/v1beta1
            kind: KernelVersion
            metadata: {name: n1, labels: {a: b}}
            spec: {content: Linux}
            status: {error: bad}
            """;
        Answer none = await fixture.SendAsync("PATCH", Collection + "/n1/status?fieldManager=sensor", Configuration, ApplyPatch);
        Answer whole = await fixture.SendAsync("PATCH", Collection + "/n1?fieldManager=sensor", Configuration, ApplyPatch);
        Answer status = await fixture.SendAsync("PATCH", Collection + "/n1/status?fieldManager=sensor", Configuration, ApplyPatch);

        Assert.Equal(404, none.Code);
        Assert.Equal(201, whole.Code);
        Assert.Null(whole.Json!["status"]);
        Assert.Equal("bad", (string?)status.Json!["status"]!["error"]);
        Assert.Equal(
            ["""sensor Apply  {"f:metadata":{"f:labels":{"f:a":{}}},"f:spec":{"f:content":{}}}""", """sensor Apply status {"f:status":{"f:error":{}}}"""],
            Managers(status.Json).Order(StringComparer.Ordinal));
    }

    private static async Task<JsonNode> CreateAsync(ServerFixture fixture)
    {
        Answer answer = await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"n1"},"spec":{"content":"Linux"},"status":{"error":"mine"}}""");
        Assert.True(answer.Code == 201, answer.Text);
        return answer.Json!;
    }

    // Shape: MANAGER OPERATION SUBRESOURCE [FIELDS of appliers]
    private static IEnumerable<string> Managers(JsonNode item) => item["metadata"]!["managedFields"]!.AsArray().Select(entry =>
        $"{entry!["manager"]} {entry["operation"]} {entry["subresource"]}" + ((string?)entry["operation"] == "Apply" ? " " + entry["fieldsV1"]!.ToJsonString() : string.Empty));
}

public sealed class SqliteStatusTests() : StatusTests(new SqliteEngine());

public sealed class PostgresStatusTests(PostgresCluster cluster) : StatusTests(new PostgresEngine(cluster));
