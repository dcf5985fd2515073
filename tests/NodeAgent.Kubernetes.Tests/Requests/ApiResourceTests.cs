// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Tests.Requests;

public sealed class ApiResourceTests
{
    // Since which version servers have it; none of these is taken away or deprecated up to 1.34.
    private static readonly Dictionary<string, Version> Since = new()
    {
        ["/v1"] = new(1, 0),
        ["apps/v1"] = new(1, 9),
        ["batch/v1"] = new(1, 21),
        ["discovery.k8s.io/v1"] = new(1, 21),
        ["authentication.k8s.io/v1"] = new(1, 6),
        ["authorization.k8s.io/v1"] = new(1, 6),
    };

    [Fact]
    public void All_AreOfVersionsThatEachServerFrom1Dot24OnHas()
    {
        string[] used =
        [
            .. typeof(ApiResources).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(property => property.GetValue(null)!)
                .Select(resource => $"{Text(resource, "Group")}/{Text(resource, "Version")}").Distinct(),
        ];

        Assert.True(used.Length >= 4, string.Join(' ', used));
        Assert.All(used, version => Assert.True(Since.TryGetValue(version, out Version? since) && since <= new Version(1, 24), version));
    }

    private static object Text(object resource, string property) => resource.GetType().GetProperty(property)!.GetValue(resource)!;
}
