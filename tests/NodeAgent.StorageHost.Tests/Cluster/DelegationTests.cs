// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace NodeAgent.StorageHost.Tests.Cluster;

/// <summary>Tokens, rights, and an API server that is away.</summary>
public sealed class DelegationTests
{
    private const string Root = "/apis/" + ClusterRig.Group + "/v1beta1";

    [Fact]
    public async Task Token_OfAUser_IsAskedAboutOnceAndItsRightsOnce()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(true, "--token-cache", "10m", "--allowed-cache", "10m", "--refused-token-cache", "10m");
        rig.Api.Reviews.Allows = spec => (string?)spec["user"] == "alice" && (string?)spec["resourceAttributes"]?["verb"] == "list";
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
            Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: "nobodys")).Code);
        }

        Assert.Equal(2, rig.Api.Reviews.Count("TokenReview"));
        Assert.Equal(1, rig.Api.Reviews.Count("SubjectAccessReview"));
        JsonObject recorded = ProxyTests.Recorded("tokenreview-valid")["request"]!["body"]!.AsObject();
        Assert.Equal(recorded["spec"]!.AsObject().Select(member => member.Key), rig.Api.Reviews.Asked[0].Spec.Select(member => member.Key));
    }

    [Fact]
    public async Task Token_MadeForThisServer_CountsBesideThoseOfTheApiServer()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(true, "--token-audience", "storage.ns.svc", "--token-cache", "0s", "--refused-token-cache", "0s");
        rig.Api.Reviews.Allows = _ => true;
        rig.Api.Reviews.Users["agent"] = new JsonObject { ["username"] = "system:serviceaccount:ns:agent" };
        rig.Api.Reviews.Audiences["agent"] = "storage.ns.svc";
        rig.Api.Reviews.Users["elsewhere"] = new JsonObject { ["username"] = "system:serviceaccount:ns:other" };
        rig.Api.Reviews.Audiences["elsewhere"] = "vault";

        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "agent")).Code);
        Assert.Equal("system:serviceaccount:ns:agent", (string?)rig.Api.Reviews.Asked.Last(asked => asked.Kind == "SubjectAccessReview").Spec["user"]);
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
        Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: "elsewhere")).Code);
    }

    [Fact]
    public async Task Token_MadeForThisServer_IsNobodysWithoutTheSetting()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = _ => true;
        rig.Api.Reviews.Users["agent"] = new JsonObject { ["username"] = "system:serviceaccount:ns:agent" };
        rig.Api.Reviews.Audiences["agent"] = "storage.ns.svc";

        Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: "agent")).Code);
    }

    [Fact]
    public async Task Token_WhereAudiencesAreNotLookedAt_CountsAsOneOfTheApiServer()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(true, "--token-audience", "storage.ns.svc", "--token-cache", "0s");
        rig.Api.Reviews.Allows = _ => true;
        rig.Api.Reviews.IgnoresAudiences = true;

        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
        Assert.Equal(2, rig.Api.Reviews.Count("TokenReview")); // the first answer named no audience, and is worth nothing
    }

    [Fact]
    public async Task Token_WithCachesOff_IsAskedAboutEachTime()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(true, "--token-cache", "0s", "--allowed-cache", "0s");
        rig.Api.Reviews.Allows = _ => true;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
        }

        Assert.Equal((3, 3), (rig.Api.Reviews.Count("TokenReview"), rig.Api.Reviews.Count("SubjectAccessReview")));
    }

    [Theory]
    [InlineData("GET", Root + "/namespaces/shop/containerprofiles", "containerprofiles.GROUP is forbidden: User \"alice\" cannot list resource \"containerprofiles\" in API group \"GROUP\" in the namespace \"shop\"", "containerprofiles", null)]
    [InlineData("GET", Root + "/containerprofiles?watch=1", "containerprofiles.GROUP is forbidden: User \"alice\" cannot watch resource \"containerprofiles\" in API group \"GROUP\" at the cluster scope", "containerprofiles", null)]
    [InlineData("GET", Root + "/namespaces/shop/containerprofiles?fieldSelector=metadata.name%3Dweb", "containerprofiles.GROUP \"web\" is forbidden: User \"alice\" cannot list resource \"containerprofiles\" in API group \"GROUP\" in the namespace \"shop\"", "containerprofiles", "web")]
    [InlineData("DELETE", Root + "/namespaces/shop/containerprofiles/web", "containerprofiles.GROUP \"web\" is forbidden: User \"alice\" cannot delete resource \"containerprofiles\" in API group \"GROUP\" in the namespace \"shop\"", "containerprofiles", "web")]
    [InlineData("DELETE", Root + "/namespaces/shop/containerprofiles", "containerprofiles.GROUP is forbidden: User \"alice\" cannot deletecollection resource \"containerprofiles\" in API group \"GROUP\" in the namespace \"shop\"", "containerprofiles", null)]
    [InlineData("PATCH", Root + "/knownservers/a/status", "knownservers.GROUP \"a\" is forbidden: User \"alice\" cannot patch resource \"knownservers/status\" in API group \"GROUP\" at the cluster scope", "knownservers", "a")]
    [InlineData("POST", Root + "/namespaces/shop/nonsense", "nonsense.GROUP is forbidden: User \"alice\" cannot create resource \"nonsense\" in API group \"GROUP\" in the namespace \"shop\"", "nonsense", null)]
    [InlineData("GET", "/api/v1/namespaces/shop", "namespaces \"shop\" is forbidden: User \"alice\" cannot get resource \"namespaces\" in API group \"\" in the namespace \"shop\"", "namespaces", "shop")]
    [InlineData("GET", "/metrics", "forbidden: User \"alice\" cannot get path \"/metrics\"", null, null)]
    [InlineData("GET", "/openapi/v2", "forbidden: User \"alice\" cannot get path \"/openapi/v2\"", null, null)]
    public async Task User_WithoutTheRight_IsToldInTheWordsOfTheApiServer(string method, string path, string message, string? kind, string? name)
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        (int code, JsonNode? status, string text) = await rig.SendAsync(path, method, "alice-token", body: method == "POST" ? StorageProcess.Profile("a") : null);

        Assert.True(code == 403, text);
        Assert.Equal(message.Replace("GROUP", ClusterRig.Group, StringComparison.Ordinal), (string?)status!["message"]);
        Assert.Equal("Forbidden", (string?)status["reason"]);
        Assert.Equal(kind, (string?)status["details"]!["kind"]);
        Assert.Equal(name, (string?)status["details"]!["name"]);
        Assert.Equal(
            ProxyTests.Recorded("pods-403-anonymous")["response"]!["body"]!.AsObject().Select(member => member.Key), status.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Masters_NeedNobodysPermission()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        using X509Certificate2 admin = rig.ClientAuthority.Client("admin", "system:masters");

        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, certificate: admin)).Code);
        (int code, _, string metrics) = await rig.SendAsync("/metrics", certificate: admin);
        Assert.Equal(200, code);
        Assert.Contains("node_agent_storage_authentications_total{method=\"certificate\",result=\"known\"}", metrics, StringComparison.Ordinal);
        Assert.Empty(rig.Api.Reviews.Asked);
    }

    [Fact]
    public async Task OwnToken_InACluster_IsNoWayIn()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        string token = (await File.ReadAllTextAsync(Path.Combine(rig.Storage.Directory, "pki", "token"))).Trim();

        Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: token)).Code);
        Assert.False(File.Exists(Path.Combine(rig.Storage.Directory, "kubeconfig")));
    }

    [Fact]
    public async Task ApiServer_Away_WhatIsRememberedGoesOnAndNothingElse()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(true, "--token-cache", "10m", "--allowed-cache", "10m", "--review-timeout", "5s");
        rig.Api.Reviews.Users["bob-token"] = new JsonObject { ["username"] = "bob" };
        rig.Api.Reviews.Allows = _ => true;
        using X509Certificate2 carol = rig.ClientAuthority.Client("carol");
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);

        await rig.Api.StopAsync();
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
        Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: "bob-token")).Code);
        (int code, JsonNode? status, _) = await rig.SendAsync(StorageProcess.Collection, certificate: carol);
        Assert.Equal(503, code);
        Assert.Equal("ServiceUnavailable", (string?)status!["reason"]);
        Assert.Equal(200, (await rig.SendAsync("/healthz")).Code);

        await rig.Api.RestartAsync();
        await rig.UntilAsync(async () => (await rig.SendAsync(StorageProcess.Collection, token: "bob-token")).Code == 200, "the API server again");
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, certificate: carol)).Code);
    }

    [Fact]
    public async Task ApiServer_ThatRefusesToAnswer_LetsNobodyIn()
    {
        await using ClusterRig rig = await ClusterRig.StartAsync();
        rig.Api.Reviews.Allows = _ => true;
        rig.Api.FailNext(500);
        Assert.Equal(401, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
        Assert.Equal(200, (await rig.SendAsync(StorageProcess.Collection, token: "alice-token")).Code);
    }
}
