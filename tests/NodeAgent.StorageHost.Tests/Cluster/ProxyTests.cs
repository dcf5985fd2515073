// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.StorageHost.Tests.Cluster;

/// <summary>Requests through the API server's front proxy, and requests that only look so.</summary>
public sealed class ProxyTests
{
    private static readonly (string, string)[] Alice = [("X-Remote-User", "alice"), ("X-Remote-Group", "readers"), ("X-Remote-Group", "system:authenticated"), ("X-Remote-Extra-Scopes", "a"), ("X-Remote-Extra-Acme.com%2Fproject", "b")];

    [Fact]
    public async Task Headers_FromTheProxy_NameTheUserWhoseRightsAreAskedFor()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = spec => (string?)spec["user"] == "alice";
        using X509Certificate2 proxy = rig.ProxyAuthority.Client(ClusterRig.ProxyName);

        Assert.StartsWith("HTTP/1.1 200 ", await rig.SendLinesAsync(StorageProcess.Collection, proxy, Alice), StringComparison.Ordinal);
        JsonObject asked = Assert.Single(rig.Api.Reviews.Asked).Spec;
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse($$$"""
                {"user":"alice","groups":["readers","system:authenticated"],"extra":{"acme.com/project":["b"],"scopes":["a"]},
                 "resourceAttributes":{"namespace":"shop","verb":"list","group":"{{{ClusterRig.Group}}}","version":"v1beta1","resource":"containerprofiles"}}
                """),
                asked),
            asked.ToJsonString());
    }

    [Fact]
    public async Task Headers_WithoutTheProxysCertificate_AreNobody()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = _ => true;
        (string, string)[] masters = [("X-Remote-User", "admin"), ("X-Remote-Group", "system:masters")];
        using var stranger = new TestAuthority("front-proxy-ca");
        X509Certificate2?[] certificates =
        [
            null,
            stranger.Client(ClusterRig.ProxyName),
            rig.ProxyAuthority.Client("somebody-else"),
            rig.ProxyAuthority.Server(ClusterRig.ProxyName),
        ];
        foreach (X509Certificate2? certificate in certificates)
        {
            (int code, JsonNode? status, _) = await rig.SendAsync(StorageProcess.Collection, certificate: certificate, headers: masters);
            Assert.Equal(401, code);
            Assert.Equal(Recorded("pods-401")["response"]!["body"]!.ToJsonString(), status!.ToJsonString());
            certificate?.Dispose();
        }

        Assert.Empty(rig.Api.Reviews.Asked);
    }

    [Fact]
    public async Task Headers_OfSomebodyWithAnotherCredential_ChangeNothing()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        using X509Certificate2 bob = rig.ClientAuthority.Client("bob", "readers");
        (string, string)[] masters = [("X-Remote-User", "admin"), ("X-Remote-Group", "system:masters")];

        (int byCertificate, JsonNode? first, _) = await rig.SendAsync(StorageProcess.Collection, certificate: bob, headers: masters);
        (int byToken, JsonNode? second, _) = await rig.SendAsync(StorageProcess.Collection, token: "alice-token", headers: masters);

        Assert.Equal((403, 403), (byCertificate, byToken));
        Assert.Contains("User \"bob\" cannot", (string)first!["message"]!, StringComparison.Ordinal);
        Assert.Contains("User \"alice\" cannot", (string)second!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConfigMap_Changed_IsFollowed()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = _ => true;
        using var renewed = new TestAuthority("front-proxy-ca-2");
        using X509Certificate2 old = rig.ProxyAuthority.Client(ClusterRig.ProxyName);
        using X509Certificate2 young = renewed.Client("new-name");
        Assert.Equal((200, 401), (await CodeAsync(rig, old), await CodeAsync(rig, young)));

        rig.Trust(renewed, """["new-name"]""");
        await rig.UntilAsync(async () => await CodeAsync(rig, young) == 200, "the new authority");
        Assert.Equal(401, await CodeAsync(rig, old));

        // Nonsense in it leaves in force what was there.
        rig.Trust(renewed, "nonsense");
        await rig.UntilAsync(() => Task.FromResult(rig.Storage.Log.Contains("cannot be used", StringComparison.Ordinal)), "the complaint");
        Assert.Equal(200, await CodeAsync(rig, young));

        rig.Api.Store.Delete("/configmaps", "kube-system", "extension-apiserver-authentication");
        await rig.UntilAsync(async () => await CodeAsync(rig, young) == 401, "no trust");
    }

    [Fact]
    public async Task ConfigMap_Absent_IsNotReadyButTokensCount()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(withTrust: false);
        rig.Api.Reviews.Allows = _ => true;
        (int code, _, string text) = await rig.SendAsync("/readyz");

        Assert.Equal(500, code);
        Assert.Contains("[-]authentication failed: waiting for config map kube-system/extension-apiserver-authentication", text, StringComparison.Ordinal);
        Assert.Equal(200, (await rig.SendAsync("/livez")).Code);
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);

        rig.Trust();
        await rig.ReadyAsync();
    }

    [Fact]
    public async Task RecordedRequests_OfAnAggregator_AreAnswered()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = _ => true;
        using X509Certificate2 proxy = rig.ProxyAuthority.Client(ClusterRig.ProxyName);
        int answered = 0;
        foreach (JsonNode? row in JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Recorded", "aggregation-requests.json")))!.AsArray())
        {
            string path = (string?)row!["path"] ?? string.Empty;
            if ((string?)row["method"] != "GET" || path.Contains("watch=true", StringComparison.Ordinal) || path.Contains("resourceVersion=9", StringComparison.Ordinal) || path.EndsWith("/x", StringComparison.Ordinal))
            {
                continue;
            }

            string[] passed = ["Accept", "User-Agent"];
            IEnumerable<(string, string)> headers = row["headers"]!.AsObject()
                .Where(header => header.Key.StartsWith("X-", StringComparison.Ordinal) || passed.Contains(header.Key))
                .Select(header => (header.Key, (string)header.Value!));
            (int code, _, string text) = await rig.SendAsync(path, certificate: proxy, headers: headers);
            Assert.True(code == 200, $"{path}: {code} {text}");
            answered++;
        }

        Assert.True(answered >= 10, $"{answered} requests of the recording");
    }

    private static async Task<int> CodeAsync(ClusterRig rig, X509Certificate2 certificate) =>
        (await rig.SendAsync(StorageProcess.Collection, certificate: certificate, headers: Alice)).Code;

    internal static JsonNode Recorded(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", name + ".json")))!;
}
