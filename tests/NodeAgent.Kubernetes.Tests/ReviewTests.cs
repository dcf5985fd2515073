// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Tests;

/// <summary>Reviews, with the answers that a real API server gave.</summary>
public sealed class ReviewTests
{
    [Fact]
    public async Task TokenReview_Recorded_IsRead()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("tokenreview-valid", "tokenreview-invalid");
        using Kubernetes client = server.Client();
        V1TokenReview valid = await client.CreateTokenReviewAsync(new V1TokenReview { Spec = new V1TokenReviewSpec { Token = "lab-token" } });
        V1TokenReview invalid = await client.CreateTokenReviewAsync(new V1TokenReview { Spec = new V1TokenReviewSpec { Token = "nope" } });

        Assert.True(valid.Status!.Authenticated);
        Assert.Equal(("admin", "1"), (valid.Status.User!.Username, valid.Status.User.Uid));
        Assert.Equal(["system:masters", "system:authenticated"], valid.Status.User.Groups);
        Assert.NotEqual(true, invalid.Status!.Authenticated);
        Assert.Equal("invalid bearer token", invalid.Status.Error);
        Assert.Empty(server.Different);
    }

    [Fact]
    public async Task SubjectAccessReview_Recorded_IsRead()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("subjectaccessreview-allowed", "subjectaccessreview-denied");
        using Kubernetes client = server.Client();

        Assert.True((await client.CreateSubjectAccessReviewAsync(new V1SubjectAccessReview())).Status!.Allowed);
        Assert.False((await client.CreateSubjectAccessReviewAsync(new V1SubjectAccessReview())).Status!.Allowed);
        Assert.Empty(server.Different);
    }

    [Fact]
    public async Task ConfigMap_Recorded_HasWhatExtensionServersTrust()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("extension-apiserver-authentication");
        using Kubernetes client = server.Client();
        V1ConfigMap map = await client.ReadAsync(ApiResources.ConfigMaps, "kube-system", "extension-apiserver-authentication", CancellationToken.None);

        Assert.Equal("[\"front-proxy-client\"]", map.Data!["requestheader-allowed-names"]);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", map.Data["requestheader-client-ca-file"], StringComparison.Ordinal);
        Assert.Empty(server.Different);
    }
}
