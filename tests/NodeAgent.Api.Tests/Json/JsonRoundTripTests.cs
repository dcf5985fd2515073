// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Api.Tests.Json;

public sealed class JsonRoundTripTests
{
    private const string LearnedProfile = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ContainerProfile",
         "metadata":{"name":"replicaset-nginx-77b4fdf86c-nginx-1a2b-3c4d","namespace":"default",
          "annotations":{"kubescape.io/status":"completed","kubescape.io/completion":"complete","kubescape.io/resource-size":"63"},
          "labels":{"kubescape.io/workload-api-group":"apps","kubescape.io/workload-kind":"Deployment"}},
         "spec":{"architectures":["amd64"],"execs":[{"path":"/usr/sbin/nginx","args":["/usr/sbin/nginx","-g","daemon off;"]}],
          "opens":[{"path":"/etc/nginx/⋯","flags":["O_CLOEXEC","O_RDONLY"]}],"syscalls":["accept4"],
          "imageID":"sha256:1","imageTag":"nginx:1",
          "matchLabels":{"app":"nginx"},"matchExpressions":[{"key":"a","operator":"In","values":["1"]}],
          "egress":[{"identifier":"1f","type":"external","dns":"example.com.","dnsNames":["example.com."],"ipAddress":"93.184.216.34",
                     "ports":[{"name":"TCP-443","protocol":"TCP","port":443}]}]}}
        """;

    private const string AuthoredProfile = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ContainerProfile","metadata":{"name":"mine"},
         "spec":{"containers":[{"name":"c","execs":[{"path":"/bin/sh","args":["/bin/sh","⋯⋯"],"envs":["A=1"],"argsRequired":true}],
           "endpoints":[{"endpoint":":80/path","methods":["GET"],"internal":false,"direction":"inbound","headers":{"Host":["a"]}}],
           "rulePolicies":{"R0001":{"processAllowed":["sh"],"containerAllowed":true}},
           "seccompProfile":{"name":"s","path":"p","spec":{"defaultAction":"SCMP_ACT_ERRNO","architectures":["SCMP_ARCH_X86_64"],
             "syscalls":[{"names":["read"],"action":"SCMP_ACT_ALLOW","errnoRet":1,"args":[{"index":0,"value":1,"valueTwo":2,"op":"SCMP_CMP_EQ"}]}]}},
           "identifiedCallStacks":[{"callID":"x","callStack":{"root":{"children":[{"frame":{"fileID":"f","lineno":"1","frameType":"n"}}]}}}],
           "ingress":[{"ipAddresses":["10.0.0.0/8","*"]}]}],"initContainers":[{"name":"i"}],"ephemeralContainers":[{"name":"e"}]}}
        """;

    private const string Neighborhood = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"NetworkNeighborhood","metadata":{"name":"n","namespace":"a"},
         "spec":{"matchLabels":{"app":"x"},"containers":[{"name":"c","ingress":[],"egress":[{"identifier":"i","type":"internal",
           "podSelector":{"matchLabels":{"k":"v"}},"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"b"}}}]}]}}
        """;

    private const string Application = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"ApplicationProfile","metadata":{"name":"n","namespace":"a"},
         "spec":{"architectures":["amd64"],"containers":[{"name":"c","capabilities":["NET_ADMIN"],"opens":[{"path":"/a","flags":["O_RDONLY"]}]}]}}
        """;

    private const string Servers = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"KnownServer","metadata":{"name":"github"},
         "spec":[{"name":"github-workflows","server":"github.com","ipBlock":"140.82.112.0/20"}]}
        """;

    private const string Collapse = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"CollapseConfiguration","metadata":{"name":"default"},
         "spec":{"openDynamicThreshold":50,"endpointDynamicThreshold":100,"collapseConfigs":[{"prefix":"/etc","threshold":100}],"networkIPGroupThreshold":8,"networkCIDRFloorBits":24}}
        """;

    private const string Generated = """
        {"apiVersion":"spdx.softwarecomposition.kubescape.io/v1beta1","kind":"GeneratedNetworkPolicy","metadata":{"name":"replicaset-client-6d9","namespace":"a"},
         "spec":{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"replicaset-client","namespace":"a","annotations":{"generated-by":"kubescape"}},
           "spec":{"podSelector":{"matchLabels":{"app":"client"}},"policyTypes":["Ingress","Egress"],"ingress":[],
             "egress":[{"ports":[{"protocol":"TCP","port":443}],"to":[{"ipBlock":{"cidr":"140.82.112.0/20","except":["140.82.113.0/24"]}}]},
                       {"ports":[{"protocol":"UDP","port":53,"endPort":54}],"to":[{"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}},
                         "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}}]}]}},
         "policyRef":[{"name":"github-workflows","originalIP":"140.82.121.4","ipBlock":"140.82.112.0/20","server":"github.com","dns":"github.com."}]}
        """;

    public static TheoryData<string, string> Documents => new()
    {
        { nameof(ContainerProfile), LearnedProfile },
        { nameof(ContainerProfile), AuthoredProfile },
        { nameof(NetworkNeighborhood), Neighborhood },
        { nameof(ApplicationProfile), Application },
        { nameof(KnownServer), Servers },
        { nameof(CollapseConfiguration), Collapse },
        { nameof(GeneratedNetworkPolicy), Generated },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void ReadAndWrite_ReferenceDocument_IsTheSameDocument(string kind, string json)
    {
        string written = kind switch
        {
            nameof(ContainerProfile) => RoundTrip(json, ApiJsonContext.Readable.ContainerProfile),
            nameof(NetworkNeighborhood) => RoundTrip(json, ApiJsonContext.Readable.NetworkNeighborhood),
            nameof(ApplicationProfile) => RoundTrip(json, ApiJsonContext.Readable.ApplicationProfile),
            nameof(KnownServer) => RoundTrip(json, ApiJsonContext.Readable.KnownServer),
            nameof(CollapseConfiguration) => RoundTrip(json, ApiJsonContext.Readable.CollapseConfiguration),
            _ => RoundTrip(json, ApiJsonContext.Readable.GeneratedNetworkPolicy),
        };
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(written)), written);
    }

    [Fact]
    public void Write_Ellipsis_StaysReadable() =>
        Assert.Contains("/etc/nginx/⋯", RoundTrip(LearnedProfile, ApiJsonContext.Readable.ContainerProfile), StringComparison.Ordinal);

    [Fact]
    public void Write_HostileText_IsValidJsonOnOneLine()
    {
        var profile = new ContainerProfile { Spec = new() { Opens = [new() { Path = "/a\n\"\\\u0001\u001b[31m" }] } };
        string json = JsonSerializer.Serialize(profile, ApiJsonContext.Readable.ContainerProfile);
        Assert.DoesNotContain('\n', json);
        Assert.DoesNotContain('\u001b', json);
        Assert.Equal(profile.Spec.Opens[0].Path, JsonSerializer.Deserialize(json, ApiJsonContext.Readable.ContainerProfile)!.Spec!.Opens![0].Path);
    }

    [Fact]
    public void Read_UnknownFields_AreIgnored() =>
        Assert.Equal("x", JsonSerializer.Deserialize("""{"metadata":{"name":"x","managedFields":[{}]},"later":1}""", ApiJsonContext.Readable.NetworkPolicy)!.Metadata.Name);

    [Fact]
    public void NewObjects_CarryKindAndVersion()
    {
        Assert.Equal(("NetworkPolicy", "networking.k8s.io/v1"), (new NetworkPolicy().Kind, new NetworkPolicy().ApiVersion));
        Assert.Equal("ContainerProfileList", new ContainerProfileList().Kind);
    }

    private static string RoundTrip<T>(string json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize(json, type)!, type);
}
