// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.Export.Storage;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Storage;

public sealed class StorageClientTests : IAsyncLifetime
{
    private const string Key = "namespaces/default/containerprofiles/web";
    private FakeApi _api = null!;
    private StorageClient _client = null!;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _client = new StorageClient(_api.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Apply_NewThenChanged_CreatesThenUpdatesWithTheKnownVersion()
    {
        await _client.ApplyAsync(Profile(1), None);
        await _client.ApplyAsync(Profile(2), None);
        Assert.Equal(2, Size());
        Assert.Equal(["POST", "PUT"], Verbs());
    }

    [Fact]
    public async Task Apply_ExistsAlready_ReadsItsVersionAndReplaces()
    {
        _api.Touch(Key);
        await _client.ApplyAsync(Profile(3), None);
        Assert.Equal(3, Size());
        Assert.Equal(["POST", "GET", "PUT"], Verbs());
    }

    [Fact]
    public async Task Apply_ChangedByOthers_ReadsAgainAndReplaces()
    {
        await _client.ApplyAsync(Profile(1), None);
        _api.Touch(Key);
        await _client.ApplyAsync(Profile(2), None);
        Assert.Equal(2, Size());
        Assert.Equal(["POST", "PUT", "GET", "PUT"], Verbs());
    }

    [Fact]
    public async Task Apply_DeletedByOthers_CreatesAgain()
    {
        await _client.ApplyAsync(Profile(1), None);
        _api.Remove(Key);
        await _client.ApplyAsync(Profile(2), None);
        Assert.Equal(2, Size());
    }

    [Fact]
    public async Task Apply_ConflictForEver_EndsAsTransient()
    {
        _api.Interceptor = async http =>
        {
            if (http.Request.Method == "PUT")
            {
                await FakeApi.Status(http, 409, "Conflict");
                return true;
            }

            return false;
        };
        _api.Touch(Key);
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => _client.ApplyAsync(Profile(1), None));
        Assert.True(error.IsTransient);
        Assert.InRange(_api.Requests.Count, 5, 12);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(503, true)]
    [InlineData(401, true)]
    [InlineData(403, true)]
    [InlineData(400, false)]
    [InlineData(413, false)]
    [InlineData(422, false)]
    [InlineData(501, false)]
    [InlineData(302, false)]
    public async Task Apply_Refused_SaysWhetherTryingAgainHelps(int code, bool transient)
    {
        _api.Interceptor = async http =>
        {
            http.Response.Headers.RetryAfter = "7";
            http.Response.Headers.Location = "http://127.0.0.1:1/";
            await FakeApi.Status(http, code, "Because", "the message");
            return true;
        };
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => _client.ApplyAsync(Profile(1), None));
        Assert.Equal((transient, (HttpStatusCode?)code, "Because", TimeSpan.FromSeconds(7)),
            (error.IsTransient, error.StatusCode, error.Reason, error.RetryAfter));
        Assert.Contains("the message", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "<html>\u001b[31mnot an API</html>")]
    [InlineData(201, "")]
    [InlineData(200, "[]")]
    [InlineData(200, "{\"metadata\":{\"resourceVersion\":5}}")]
    [InlineData(500, "\u001b[31m\nplain")]
    [InlineData(503, "{\"kind\":\"Status\",\"message\":\"a\\u001b[31m\\nb\"}")]
    public async Task Apply_GarbageAnswer_IsAClearTransientError(int code, string body)
    {
        _api.Interceptor = async http =>
        {
            await FakeApi.Json(http, code, body);
            return true;
        };
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => _client.ApplyAsync(Profile(1), None));
        Assert.True(error.IsTransient);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public async Task Get_ServerHangs_EndsAtTheTimeout()
    {
        using var client = new StorageClient(_api.Connection with { Timeout = TimeSpan.FromMilliseconds(200) });
        _api.Interceptor = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("containerprofiles", "default", "web", None));
        Assert.True(error.IsTransient);
        Assert.Contains("no answer within", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NobodyListens_IsTransient()
    {
        using var client = new StorageClient(new StorageConnection { Server = new Uri("http://127.0.0.1:1") });
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("a", "b", "c", None));
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Get_AnswerTooLarge_IsRefused()
    {
        using var client = new StorageClient(_api.Connection with { MaxAnswerBytes = 1000 });
        _api.Touch(Key, "{\"metadata\":{},\"x\":\"" + new string('x', 2000) + "\"}");
        await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("containerprofiles", "default", "web", None));
    }

    [Fact]
    public async Task GetAndDelete_Missing_AreNoErrors()
    {
        Assert.Null(await _client.GetAsync("containerprofiles", "default", "none", None));
        Assert.False(await _client.DeleteAsync("containerprofiles", "default", "none", None));
        _api.Touch(Key);
        Assert.NotNull(await _client.GetAsync("containerprofiles", "default", "web", None));
        Assert.True(await _client.DeleteAsync("containerprofiles", "default", "web", None));
    }

    [Fact]
    public async Task Get_HostileName_StaysOnePathSegment()
    {
        await _client.GetAsync("containerprofiles", "default", "../../secrets?x=#", None);
        Assert.Equal("GET " + FakeApi.Prefix + "namespaces/default/containerprofiles/..%2F..%2Fsecrets%3Fx=%23", Assert.Single(_api.Requests));
    }

    [Fact]
    public async Task Get_NameIsAStepOfThePath_IsRefused()
    {
        await Assert.ThrowsAsync<StorageException>(() => _client.GetAsync("containerprofiles", "..", "web", None));
        await Assert.ThrowsAsync<StorageException>(() => _client.DeleteAsync("containerprofiles", "default", "..", None));
        Assert.Empty(_api.Requests);
    }

    [Fact]
    public async Task Apply_NotJson_IsRefusedWithoutARequest()
    {
        var item = new ApiObject("containerprofiles", "default", "web", "{nope"u8.ToArray());
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => _client.ApplyAsync(item, None));
        Assert.False(error.IsTransient);
        Assert.Empty(_api.Requests);
    }

    [Fact]
    public async Task List_Pages_AreReadToTheEnd()
    {
        _api.Interceptor = async http =>
        {
            string page = http.Request.Query["continue"].ToString();
            await FakeApi.Json(http, 200, page.Length == 0
                ? """{"metadata":{"resourceVersion":"9","continue":"a b&c"},"items":[{"metadata":{"name":"one","namespace":"x"}}]}"""
                : """{"metadata":{"resourceVersion":"9","continue":""},"items":[{"metadata":{"name":"two","namespace":"y"},"spec":{"é":1}}]}""");
            return true;
        };
        ApiList list = await _client.ListAsync("containerprofiles", null, "a=b,c!=d", None);
        Assert.Equal(["x/one", "y/two"], list.Items.Select(i => $"{i.Namespace}/{i.Name}"));
        Assert.Equal("9", list.ResourceVersion);
        Assert.Equal("""{"metadata":{"name":"two","namespace":"y"},"spec":{"é":1}}""", Encoding.UTF8.GetString(list.Items[1].Json.Span));
        Assert.Contains("labelSelector=a%3Db%2Cc%21%3Dd", _api.Requests.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_EventsInPieces_AreReadAndAnErrorEndsIt()
    {
        _api.Interceptor = async http =>
        {
            foreach (string piece in (string[])["{\"type\":\"ADDED\",\"object\":{\"meta", "data\":{\"name\":\"a\"}}}\n\n{\"type\":\"BOOKMARK\",\"object\":{}}\n",
                "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}}\n"])
            {
                await http.Response.WriteAsync(piece);
                await http.Response.Body.FlushAsync();
            }

            return true;
        };
        var seen = new List<string>();
        StorageException error = await Assert.ThrowsAsync<StorageException>(async () =>
        {
            await foreach (ApiWatchEvent change in _client.WatchAsync("containerprofiles", "default", "9", None))
            {
                seen.Add(change.Type + " " + change.Object.Name);
            }
        });
        Assert.Equal(["ADDED a", "BOOKMARK "], seen);
        Assert.Equal((HttpStatusCode.Gone, "Expired"), (error.StatusCode, error.Reason));
        Assert.Contains("watch=true", _api.Requests.Single(), StringComparison.Ordinal);
    }

    private static ApiObject Profile(int size) => new(
        "containerprofiles", "default", "web",
        Encoding.UTF8.GetBytes($$$"""{"kind":"ContainerProfile","metadata":{"name":"web","namespace":"default","resourceVersion":"1"},"spec":{"size":{{{size}}},"text":"⋯"}}"""));

    private int Size() => (int)_api.Find(Key)!["spec"]!["size"]!;

    private string[] Verbs() => [.. _api.Requests.Select(r => r.Split(' ')[0])];
}
