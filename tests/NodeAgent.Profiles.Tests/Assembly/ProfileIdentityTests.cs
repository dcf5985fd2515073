// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;

namespace NodeAgent.Profiles.Tests.Assembly;

public sealed class ProfileIdentityTests
{
    [Theory]
    [InlineData(UnitKind.Host, "", "/", "host-node-1", "Host")]
    [InlineData(UnitKind.SystemdUnit, "", "/system.slice/nginx.service", "systemdunit-nginx.service", "SystemdUnit")]
    [InlineData(UnitKind.Cgroup, "", "/my/group", "cgroup-group", "Cgroup")]
    [InlineData(UnitKind.Unknown, "", "/", "cgroup-cgroup-5", "Cgroup")]
    [InlineData(UnitKind.Container, "demo-client", "/x/y", "container-demo-client", "Container")]
    public void Of_StandAloneUnit_IsAWorkloadOfItsKind(UnitKind kind, string containerId, string path, string slug, string kindName)
    {
        var container = new ContainerInfo(5, path) { Identity = new ContainerIdentity { Kind = kind, ContainerId = containerId } };
        ProfileIdentity identity = ProfileIdentity.Of(container, EventSource.Options());
        Assert.Equal(slug, identity.WorkloadSlug);
        Assert.Equal((kindName, "v1", "default"), (identity.Instance.Kind, identity.Instance.ApiVersion, identity.Namespace));
        Assert.True(Slug.IsValid(identity.Name));
    }

    [Theory]
    [InlineData("getty@tty1.service")]
    [InlineData("my_compose_app")]
    [InlineData("ünïcode")]
    [InlineData("...")]
    [InlineData("a\nb")]
    public void From_NamesThatKubernetesForbids_StillGetDistinctValidNames(string name)
    {
        ProfileIdentity identity = From(name);
        Assert.True(Slug.IsValid(identity.Name), identity.Name);
        Assert.True(Slug.IsValid(identity.WorkloadSlug), identity.WorkloadSlug);
        Assert.Contains(identity.Instance.Hash[..4], identity.Name, StringComparison.Ordinal);
        Assert.NotEqual(From(name + "@").WorkloadSlug, identity.WorkloadSlug);
        Assert.Equal(name, identity.Instance.Name);
    }

    [Fact]
    public void From_LongestNames_AreCut() => Assert.Equal(Slug.MaxLength, From(new string('a', 400)).Name.Length);

    private static ProfileIdentity From(string name) =>
        ProfileIdentity.From(new InstanceId { ApiVersion = "v1", Namespace = "default", Kind = "SystemdUnit", Name = name, ContainerName = name });
}
