// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

/// <summary>Every failure is the Status that a real API server gives for it.</summary>
public abstract class RecordedFailureTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Theory]
    [InlineData("create-400-no-name", """{"apiVersion":"GV","kind":"ContainerProfile","metadata":{}}""", "")]
    [InlineData("create-400-wrong-namespace", """{"metadata":{"name":"x","namespace":"other"}}""", "")]
    [InlineData("create-409-exists", """{"metadata":{"name":"rec"}}""", "")]
    [InlineData("create-422-name", """{"metadata":{"name":"Bad_Name"}}""", "")]
    [InlineData("create-strict-unknown-field-400", """{"metadata":{"name":"s"},"nope":1}""", "?fieldValidation=Strict")]
    public async Task Create_Refused_SaysWhatARealServerSays(string recording, string body, string query)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("rec");
        Answer answer = await fixture.SendAsync("POST", Collection + query, body.Replace("GV", ServerFixture.ApiVersion, StringComparison.Ordinal));

        Recording.Load(recording).AssertSame(answer);
    }

    [Fact]
    public async Task Create_WrongKindMalformedOrDoubled_SaysWhatARealServerSays()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer kind = await fixture.SendAsync("POST", Collection, """{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}""");
        Recording.Load("create-400-wrong-kind").AssertSame(kind, message: false);
        Assert.StartsWith("Secret in version \"v1\" cannot be handled as a ContainerProfile: ", (string)kind.Json!["message"]!, StringComparison.Ordinal);

        Answer malformed = await fixture.SendAsync("POST", Collection, """{"apiVersion":"v1","kind":"ConfigMap",""");
        Recording.Load("create-400-malformed").AssertSame(malformed, message: false);
        Assert.Equal(
            "the object provided is unrecognized (must be of type ContainerProfile): couldn't get version/kind; json parse error: unexpected end of JSON input ({\"apiVersion\":\"v1\",\"kind\":\"Con ...)",
            (string?)malformed.Json!["message"]);

        Answer doubled = await fixture.SendAsync("POST", Collection + "?fieldValidation=Strict", """{"metadata":{"name":"d"},"spec":{},"spec":{}}""");
        Recording.Load("create-strict-duplicate-field-400").AssertSame(doubled, message: false);
        Assert.EndsWith("strict decoding error: duplicate field \"spec\"", (string)doubled.Json!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("update-400-name-mismatch", "PUT", "rec", """{"metadata":{"name":"other"}}""", "application/json")]
    [InlineData("update-404", "PUT", "absent", """{"metadata":{"name":"absent","resourceVersion":"5"}}""", "application/json")]
    [InlineData("update-409-conflict", "PUT", "rec", """{"metadata":{"name":"rec","resourceVersion":"1"}}""", "application/json")]
    [InlineData("patch-json-bad-path", "PATCH", "rec", """[{"op":"remove","path":"/data/absent"}]""", "application/json-patch+json")]
    [InlineData("patch-json-test-fails-422", "PATCH", "rec", """[{"op":"test","path":"/kind","value":"no"}]""", "application/json-patch+json")]
    [InlineData("finalizer-gone-404", "GET", "fin", null, null)]
    public async Task Change_Refused_SaysWhatARealServerSays(string recording, string method, string name, string? body, string? type)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        await fixture.CreateAsync("rec");

        Recording.Load(recording).AssertSame(await fixture.SendAsync(method, $"{Collection}/{name}", body, type));
    }

    [Theory]
    [InlineData("pods-list-bad-field-selector", "?fieldSelector=spec.nope%3Dx")]
    [InlineData("pods-list-bad-label-selector", "?labelSelector=a%20in%20(")]
    [InlineData("pods-list-rv-invalid", "?resourceVersion=abc")]
    public async Task List_BadOption_SaysWhatARealServerSays(string recording, string query)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);

        Recording.Load(recording).AssertSame(await fixture.SendAsync("GET", Collection + query));
    }

    [Fact]
    public async Task List_RevisionOutOfReach_SaysWhatARealServerSays()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.WatchWindowEvents = 1);
        await fixture.CreateAsync("a");
        await fixture.CreateAsync("b");
        Answer future = await fixture.SendAsync("GET", Collection + "?resourceVersion=999999999&resourceVersionMatch=NotOlderThan");

        Recording.Load("pods-list-rv-exact-old").AssertSame(await fixture.SendAsync("GET", Collection + "?resourceVersion=1&resourceVersionMatch=Exact"));
        Recording.Load("pods-list-rv-future").AssertSame(future, message: false);
        Assert.Equal("1", future.Response.Headers.RetryAfter!.ToString());
        Assert.Equal(400, (await fixture.SendAsync("GET", Collection + "?limit=2&continue=bm9wZQ")).Code);
    }

    [Fact]
    public async Task Delete_PreconditionOrAbsent_SaysWhatARealServerSays()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string uid = (string)(await fixture.CreateAsync("rec"))["metadata"]!["uid"]!;
        Answer precondition = await fixture.SendAsync(
            "DELETE", $"{Collection}/rec", """{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"00000000-0000-0000-0000-000000000000"}}""");
        Recording.Load("delete-precondition-409").AssertSame(precondition, message: false);
        Assert.Contains($"does not match the UID in record ({uid}). The object might have been deleted and then recreated", (string)precondition.Json!["message"]!, StringComparison.Ordinal);
        Assert.Equal(409, (await fixture.SendAsync("DELETE", $"{Collection}/rec", """{"preconditions":{"resourceVersion":"1"}}""")).Code);

        Answer deleted = await fixture.SendAsync("DELETE", $"{Collection}/rec", $$$"""{"preconditions":{"uid":"{{{uid}}}"}}""");
        Assert.Equal("Success", (string?)deleted.Json!["status"]);
        Assert.Equal(uid, (string?)deleted.Json["details"]!["uid"]);
        Recording.Load("delete-404").AssertSame(await fixture.SendAsync("DELETE", $"{Collection}/rec"));
    }

    [Fact]
    public async Task Protocol_WrongMediaMethodOrAddress_SaysWhatARealServerSays()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);

        Recording.Load("unsupported-media-415").AssertSame(await fixture.SendAsync("POST", Collection, "x: y", "text/plain"), message: false);
        Recording.Load("not-acceptable-406").AssertSame(await fixture.SendAsync("GET", Collection, accept: "text/html"), message: false);
        Recording.Load("method-405").AssertSame(await fixture.SendAsync("POST", "/version", "{}"));
        Answer nowhere = await fixture.SendAsync("GET", "/apis/nope.example/v1/things");
        Recording recorded = Recording.Load("resource-404");
        Assert.Equal((recorded.Code, (string?)recorded.Body), (nowhere.Code, nowhere.Text));
        Answer protobuf = await fixture.SendAsync("POST", Collection, "k8s\0", "application/vnd.kubernetes.protobuf");
        Assert.Equal((415, "UnsupportedMediaType"), (protobuf.Code, (string?)protobuf.Json!["reason"]));
        Assert.Contains("application/json", (string?)protobuf.Json["message"], StringComparison.Ordinal);
        Assert.Equal(415, (await fixture.SendAsync("PATCH", $"{Collection}/x", "\u00d9\u00d9", "application/apply-patch+cbor")).Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer ")]
    [InlineData("Bearer wrong")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    public async Task Anything_WithoutTheToken_IsUnauthorized(string? authorization)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        fixture.Client.DefaultRequestHeaders.Remove("Authorization");
        if (authorization is not null)
        {
            fixture.Client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", authorization);
        }

        foreach (string path in (string[])[Collection, "/version", "/apis", "/openapi/v3", "/nowhere"])
        {
            Recording.Load("pods-401").AssertSame(await fixture.SendAsync("GET", path));
        }

        Assert.Equal("ok", (await fixture.SendAsync("GET", "/livez")).Text);
    }
}

public sealed class SqliteRecordedFailureTests() : RecordedFailureTests(new SqliteEngine());

public sealed class PostgresRecordedFailureTests(PostgresCluster cluster) : RecordedFailureTests(new PostgresEngine(cluster));
