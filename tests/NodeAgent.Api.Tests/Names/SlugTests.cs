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
