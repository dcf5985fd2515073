// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Pipeline;

namespace NodeAgent.Tests.Pipeline;

public sealed class TraceFilterTests
{
    private static readonly ContainerInfo Web = new(7, "/x")
    {
        Identity = new ContainerIdentity
        {
            ContainerName = "nginx",
            ContainerId = "abcdef0123456789",
            Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
        },
    };

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("nginx", null, true)]
    [InlineData("web", null, true)]
    [InlineData("abcdef0123456789", null, true)]
    [InlineData("abcd", null, true)]
    [InlineData("abc", null, false)]
    [InlineData("bcde", null, false)]
    [InlineData("ngin", null, false)]
    [InlineData("Nginx", null, false)]
    [InlineData("", null, false)]
    [InlineData(null, "shop", true)]
    [InlineData(null, "default", false)]
    [InlineData("nginx", "shop", true)]
    [InlineData("nginx", "default", false)]
    [InlineData("other", "shop", false)]
    public void Accepts_ContainerAndNamespace_BothMustFit(string? container, string? space, bool expected) =>
        Assert.Equal(expected, new TraceFilter(TraceKind.All, container, space).Accepts(TraceKind.Exec, Web));

    [Fact]
    public void Accepts_Kinds_OnlyThoseChosen()
    {
        TraceKind[] each = [TraceKind.Exec, TraceKind.Exit, TraceKind.Open, TraceKind.Net, TraceKind.Dns];
        foreach (TraceKind chosen in each)
        {
            Assert.Equal([chosen], each.Where(k => new TraceFilter(chosen, null, null).Accepts(k, Web)));
        }

        Assert.Equal(each, each.Where(k => new TraceFilter(TraceKind.All, null, null).Accepts(k, Web)));
        Assert.DoesNotContain(each, k => new TraceFilter(TraceKind.None, null, null).Accepts(k, Web));
    }

    [Fact]
    public void Accepts_UnknownContainer_OnlyWithoutAChoice()
    {
        Assert.True(new TraceFilter(TraceKind.All, null, null).Accepts(TraceKind.Exec, ContainerInfo.Unknown));
        Assert.False(new TraceFilter(TraceKind.All, "web", null).Accepts(TraceKind.Exec, ContainerInfo.Unknown));
        Assert.False(new TraceFilter(TraceKind.All, null, "default").Accepts(TraceKind.Exec, ContainerInfo.Unknown));
    }
}
