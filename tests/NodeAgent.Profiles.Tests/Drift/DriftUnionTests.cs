// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Drift;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Drift;

namespace NodeAgent.Profiles.Tests.Drift;

public sealed class DriftUnionTests
{
    [Fact]
    public void NameOf_NodesAndProfiles_AreToldApart()
    {
        string[] names =
        [
            ProfileDrift.NameOf("web", "a"), ProfileDrift.NameOf("web", "b"), ProfileDrift.NameOf("db", "a"),
            ProfileDrift.NameOf(new string('x', 253), "a"), ProfileDrift.NameOf(new string('x', 253), "b"), ProfileDrift.NameOf(new string('x', 252) + "y", "a"),
        ];

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z]+-[0-9a-f]{8}$", name));
        Assert.All(names, name => Assert.InRange(name.Length, 1, 253));
        Assert.Equal(names[0], ProfileDrift.NameOf("web", "a"));
    }

    [Fact]
    public void Of_TwoNodes_HoldsWhatEachSawAsItWasSeen()
    {
        ProfileDrift one = Drift("a", [.. Enumerable.Range(0, 200).Select(i => $"/data/{i}")], "/bin/sh");
        ProfileDrift other = Drift("b", ["/data/7", "/data/other"], "/bin/id");
        ProfileDrift union = DriftUnion.Of("web", [other, one]);

        Assert.Equal(201, union.Spec!.Opens!.Count);
        Assert.Equal(["/bin/id", "/bin/sh"], union.Spec.Execs!.Select(exec => exec.Path));
        Assert.Equal(("web", "shop"), (union.Metadata.Name, union.Metadata.Namespace));
        Assert.Equal(("a,b", "203", "slug"), (Annotation(union, KubescapeAnnotations.Node), Annotation(union, KubescapeAnnotations.ResourceSize), Annotation(union, KubescapeAnnotations.WorkloadSlug)));
    }

    private static string Annotation(ProfileDrift drift, string name) => drift.Metadata.Annotations![name];

    private static ProfileDrift Drift(string node, string[] opens, string exec) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = ProfileDrift.NameOf("web", node),
            Namespace = "shop",
            Annotations = new Dictionary<string, string> { [KubescapeAnnotations.Node] = node, [KubescapeAnnotations.WorkloadSlug] = "slug", [KubescapeAnnotations.ResourceSize] = "1" },
        },
        Spec = new ContainerProfileSpec
        {
            Opens = [.. opens.Select(path => new OpenCalls { Path = path, Flags = ["O_RDONLY"] })],
            Execs = [new ExecCalls { Path = exec, Args = [exec] }],
        },
    };
}
