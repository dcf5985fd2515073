// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Requests;

/// <summary>Whatever is sent, the answer is a failure that says why, and the server goes on.</summary>
public abstract class HostileInputTests(TestEngine engine)
{
    private const string Collection = ServerFixture.Collection;

    [Fact]
    public async Task Body_Hostile_IsRefusedAsBadRequest()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string[] bodies =
        [
            string.Empty, "null", "[]", "7", "{\"metadata\":7}", "{\"metadata\":{\"name\":7}}", "{\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":null}}}",
            "{\"spec\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), new string('[', 100_000), "{\"metadata\":{\"name\":\"a\"}}{}", "{\"a\":\"\ud800\"}",
            "{\"metadata\":{\"name\":\"\\ud800\"}}", "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"egress\":[{\"ports\":[{\"port\":99999999999}]}]}}",
            "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"opens\":[null]}}",
        ];
        foreach (string body in bodies)
        {
            Answer answer = await fixture.SendAsync("POST", Collection, body);
            Assert.True(answer.Code is 400 or 422, $"{answer.Code} for {body[..Math.Min(80, body.Length)]}: {answer.Text}");
            Assert.Equal("Failure", (string?)answer.Json!["status"]);
        }

        using var invalid = new ByteArrayContent([.. "{\"metadata\":{\"name\":\""u8, 0xff, 0xfe, .. "\"}}"u8]);
        invalid.Headers.ContentType = new("application/json");
        Assert.Equal(400, (int)(await fixture.Client.PostAsync(Collection, invalid)).StatusCode);
        await fixture.CreateAsync("alive");
    }

    [Fact]
    public async Task Body_DoubledMember_LastWins()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        Answer answer = await fixture.SendAsync("POST", Collection, """{"metadata":{"name":"a"},"spec":{"imageTag":"one"},"spec":{"imageTag":"two"}}""");

        Assert.Equal("two", (string?)answer.Json!["spec"]!["imageTag"]);
        Assert.Contains("duplicate field", answer.Response.Headers.NonValidated["Warning"].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_OverTheLimit_Is413AsStatus(bool lengthKnown)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine, options => options.MaxRequestBodyBytes = 100_000);
        byte[] body = Encoding.UTF8.GetBytes(ServerFixture.Profile("big", spec: $$"""{"imageTag":"{{new string('x', 200_000)}}"}"""));
        using HttpContent content = lengthKnown ? new ByteArrayContent(body) : new StreamContent(new UnknownLengthStream(body));
        content.Headers.ContentType = new("application/json");
        HttpResponseMessage response = await fixture.Client.PostAsync(Collection, content);
        JsonNode status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal(413, (int)response.StatusCode);
        Assert.Equal("RequestEntityTooLarge", (string?)status["reason"]);
        await fixture.CreateAsync("alive");
    }

    [Theory]
    [InlineData("/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/store/containerprofiles/../../../../version")]
    [InlineData("/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/store/containerprofiles/%2e%2e")]
    [InlineData("/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/a%2fb/containerprofiles")]
    [InlineData("/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/store/containerprofiles/a%00b")]
    [InlineData("//version")]
    [InlineData("/apis//v1beta1")]
    [InlineData("/openapi/v3/../../etc/passwd")]
    [InlineData("/livez/../version")]
    public async Task Path_Trick_IsNotFound(string path)
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string answer = await RawAsync(fixture, $"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {fixture.Server.Token}\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (404|400) ", answer);
    }

    [Fact]
    public async Task Name_OverLong_IsInvalid()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);

        Assert.Equal(422, (await fixture.SendAsync("POST", Collection, ServerFixture.Profile(new string('a', 254)))).Code);
        Assert.Equal(201, (await fixture.SendAsync("POST", Collection, ServerFixture.Profile(new string('a', 253)))).Code);
        Assert.Equal(422, (await fixture.SendAsync("POST", $"{ServerFixture.Root}/namespaces/Not_A_Namespace/containerprofiles", ServerFixture.Profile("a"))).Code);
    }

    [Fact]
    public async Task Headers_Huge_AreRefusedAndTheServerGoesOn()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync(engine);
        string answer;
        try
        {
            answer = await RawAsync(fixture, $"GET /version HTTP/1.1\r\nHost: x\r\nX-Big: {new string('x', 100_000)}\r\n\r\n");
        }
        catch (IOException)
        {
            // The server closed before all was sent, and the reset overtook its answer: refused as well.
            answer = "HTTP/1.1 431 ";
        }

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
        await fixture.CreateAsync("alive");
    }

    private static async Task<string> RawAsync(ServerFixture fixture, string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(fixture.Server.Address.Host, fixture.Server.Address.Port);
#pragma warning disable CA5359 // The certificate is not what is tested here.
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(tls, Encoding.UTF8);
        return await reader.ReadLineAsync() ?? string.Empty;
    }

    private sealed class UnknownLengthStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}

public sealed class SqliteHostileInputTests() : HostileInputTests(new SqliteEngine());

public sealed class PostgresHostileInputTests(PostgresCluster cluster) : HostileInputTests(new PostgresEngine(cluster));
