// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;

namespace NodeAgent.Api.Tests.Names;

public sealed class SlugTests
{
    private const string ImageHash = "f4e3b6489888647ce1834b601c6c06b9f8c03dee6e097e13ed3e28c01ea3ac8c";

    private static readonly InstanceId Nginx = new()
    {
        ApiVersion = "apps/v1",
        Namespace = "default",
        Kind = "ReplicaSet",
        Name = "nginx-77b4fdf86c",
        ContainerName = "nginx",
    };

    [Fact]
    public void InstanceId_Text_HasUpstreamForm()
    {
        Assert.Equal("apiVersion-apps/v1/namespace-default/kind-ReplicaSet/name-nginx-77b4fdf86c/containerName-nginx", Nginx.ToString());
        Assert.EndsWith("/initContainerName-nginx", (Nginx with { ContainerType = ContainerType.InitContainer }).ToString());
        Assert.EndsWith("/ephemeralContainerName-nginx", (Nginx with { ContainerType = ContainerType.EphemeralContainer }).ToString());
    }

    [Theory]
    [InlineData(ContainerType.Container)]
    [InlineData(ContainerType.InitContainer)]
    [InlineData(ContainerType.EphemeralContainer)]
    public void InstanceId_ParsedText_IsTheSameId(ContainerType type)
    {
        InstanceId id = Nginx with { ContainerType = type };
        Assert.True(InstanceId.TryParse(id.ToString(), out InstanceId? parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("apiVersion-v1")]
    [InlineData("apiVersion-v1/namespace-a/kind-b/name-c")]
    [InlineData("apiVersion-v1/namespace-a/kind-b/name-/containerName-x")]
    [InlineData("apiVersion-v1/namespace-a/kind-b/name-c/containerName-")]
    [InlineData("/namespace-/kind-/name-/containerName-x")]
    public void InstanceId_OtherText_IsRefused(string text) => Assert.False(InstanceId.TryParse(text, out _));

    [Fact]
    public void Workload_Short_IsLowerKindAndName()
    {
        Assert.True(Slug.TryWorkload(Nginx, out string slug));
        Assert.Equal("replicaset-nginx-77b4fdf86c", slug);
    }

    [Fact]
    public void Container_Short_EndsWithEndsOfHash()
    {
        Assert.True(Slug.TryContainer(Nginx, out string slug));
        Assert.Equal($"replicaset-nginx-77b4fdf86c-nginx-{Nginx.Hash[..4]}-{Nginx.Hash[60..]}", slug);
    }

    // Worked out apart from this code, by the rule of the compatible API: sha256 of the instance id, its first and last four digits.
    [Theory]
    [InlineData("apps/v1", "default", "ReplicaSet", "nginx-77b4fdf86c", "", "nginx", ContainerType.Container, "6e03f5f3699122ae21ae46fdd5336cd8f0d2ff13ae4298fa7415aa22e0b5a89e", "replicaset-nginx-77b4fdf86c", "replicaset-nginx-77b4fdf86c-nginx-6e03-a89e")]
    [InlineData("apps/v1", "default", "ReplicaSet", "nginx-77b4fdf86c", "", "setup", ContainerType.InitContainer, "e33b48e829a1fdb4968b51776c2b39fad98a2579634aa2f53b4d0d115eeb5e85", "replicaset-nginx-77b4fdf86c", "replicaset-nginx-77b4fdf86c-setup-e33b-5e85")]
    [InlineData("apps/v1", "kube-system", "DaemonSet", "kube-proxy", "kube-proxy-5b6c7d8f9", "kube-proxy", ContainerType.Container, "4e8b835fda034718b6c5d6f0f034f133eaf9ddc2fdce077b43892de85937ad45", "daemonset-kube-proxy-5b6c7d8f9", "daemonset-kube-proxy-5b6c7d8f9-kube-proxy-4e8b-ad45")]
    [InlineData("apps/v1", "shop", "StatefulSet", "db", "db-6c9f8d7b5", "postgres", ContainerType.Container, "c318a87f865489308cf770ca67c7f3dd3abb26272d22d766f194270f1feb1de7", "statefulset-db-6c9f8d7b5", "statefulset-db-6c9f8d7b5-postgres-c318-1de7")]
    [InlineData("batch/v1", "jobs", "Job", "nightly-29920661", "nightly-bcd24", "backup", ContainerType.Container, "0fcba305c27600d5db5924f49b7ee9d14bb7ff4a87f68d5c0eaa2cd70f882a5c", "job-nightly-bcd24", "job-nightly-bcd24-backup-0fcb-2a5c")]
    [InlineData("v1", "default", "Pod", "debug", "", "shell-x7k2p", ContainerType.EphemeralContainer, "1cbcf8c98e375d38e8d1663c2d5c3708ccbb4a24ae13cb28406cd2bfcfe6e6e2", "pod-debug", "pod-debug-shell-x7k2p-1cbc-e6e2")]
    [InlineData("argoproj.io/v1alpha1", "default", "Rollout", "web.front", "", "web", ContainerType.Container, "d1ec359c8af3792065f5a068760e07fbc9d445216cd97f3d5ef955ce5f7c52c0", "rollout-web.front", "rollout-web.front-web-d1ec-52c0")]
    public void Names_OfEachKindOfOwner_AreTheseBytes(
        string apiVersion, string ns, string kind, string name, string alternate, string container, ContainerType type, string hash, string workload, string slug)
    {
        var id = new InstanceId
        {
            ApiVersion = apiVersion,
            Namespace = ns,
            Kind = kind,
            Name = name,
            AlternateName = alternate.Length == 0 ? null : alternate,
            ContainerName = container,
            ContainerType = type,
        };
        Assert.Equal(hash, id.Hash);
        Assert.True(Slug.TryWorkload(id, out string ofWorkload));
        Assert.True(Slug.TryContainer(id, out string ofContainer));
        Assert.Equal((workload, slug), (ofWorkload, ofContainer));
    }

    [Fact]
    public void Container_AlternateName_ChangesSlugButNotHash()
    {
        InstanceId alternate = Nginx with { AlternateName = "nginx-rev2" };
        Assert.Equal(Nginx.Hash, alternate.Hash);
        Assert.True(Slug.TryContainer(alternate, out string slug));
        Assert.StartsWith("replicaset-nginx-rev2-nginx-", slug);
    }

    [Theory]
    [InlineData(242, false)] // "x-" before it makes 244: over the cut at 243
    [InlineData(240, true)]
    public void Workload_AtTheLimit_IsCutAndHashed(int nameLength, bool whole)
    {
        var id = Nginx with { Kind = "X", Name = new string('a', nameLength) };
        Assert.True(Slug.TryWorkload(id, out string slug));
        string text = "x-" + id.Name;
        Assert.Equal(whole ? text : $"{text[..243]}-{id.Hash[..4]}-{id.Hash[60..]}", slug);
        Assert.True(slug.Length <= Slug.MaxLength);
    }

    [Fact]
    public void OneTime_LongName_StillFits()
    {
        var id = Nginx with { Name = new string('a', 300) };
        Assert.True(Slug.TryOneTime(id, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), out string slug));
        Assert.Equal(Slug.MaxLength, slug.Length);
        Assert.EndsWith("-00112233445566778899aabbccddeeff", slug);
    }

    [Theory]
    [InlineData("web/app")]
    [InlineData("web_app")]
    [InlineData("web app")]
    [InlineData("wéb")]
    public void Workload_NameThatNoObjectCanHave_IsRefused(string name)
    {
        Assert.False(Slug.TryWorkload(Nginx with { Name = name }, out string slug));
        Assert.Empty(slug);
    }

    [Theory]
    [InlineData("nginx", ImageHash, "nginx-a3ac8c")]
    [InlineData("docker.io/nginx:latest", ImageHash, "docker.io-nginx-latest-a3ac8c")]
    [InlineData("docker-pullable://GCR.io/etcD/Etcd", ImageHash, "docker-pullable-gcr.io-etcd-etcd-a3ac8c")]
    [InlineData("quay.io/m_1/k:renaming", "sha256:85c1b06d54fbec", "quay.io-m-1-k-renaming-54fbec")]
    public void Image_Reference_BecomesSlug(string image, string hash, string expected)
    {
        Assert.True(Slug.TryImage(image, hash, out string slug));
        Assert.Equal(expected, slug);
    }

    [Theory]
    [InlineData("", ImageHash)]
    [InlineData("nginx", "")]
    [InlineData("nginx", "3ac8c")]
    [InlineData("nginx", "ac:8c/a")]
    public void Image_BadInput_IsRefused(string image, string hash) => Assert.False(Slug.TryImage(image, hash, out _));

    [Theory]
    [InlineData("valid_value", "valid_value")]
    [InlineData("1Valid.value", "1Valid.value")]
    [InlineData("$special:char", "special-char")]
    [InlineData("-very_long_value_that:is_more@than_63_characters_long_and_should_fail_validation", "very_long_value_that-is_more-than_63_characters_long_and_should")]
    [InlineData("", "")]
    [InlineData("___", "")]
    [InlineData("a b", "a-b")]
    public void LabelValue_AnyText_BecomesValid(string text, string expected)
    {
        Assert.Equal(expected, LabelValue.Sanitize(text));
        Assert.True(LabelValue.IsValid(LabelValue.Sanitize(text)));
    }

    [Fact]
    public void Wlid_Workload_HasUpstreamForm() =>
        Assert.Equal("wlid://cluster-c/namespace-default/deployment-nginx", Wlid.Format("c", "default", "Deployment", "nginx"));
}
