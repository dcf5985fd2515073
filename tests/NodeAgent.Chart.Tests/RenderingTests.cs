// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests;

public sealed class RenderingTests
{
    private static readonly string[] Everything =
    [
        "--set", "networkPolicy.enabled=true", "--set", "podMonitor.enabled=true", "--set", "data.hostPath=",
        "--set-json", """rbac.rules=[{"reason":"Reads the pods of its node.","apiGroups":[""],"resources":["pods"],"verbs":["get"]}]""",
        "--set-json", """networkPolicy.from=[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}}]""",
        "--set", "security.seLinuxType=spc_t", "--set", "config.bpf.shards=4", "--set", "podLabels.team=security",
        "--set", "affinity.nodeAffinity.x=y", "--set", "imagePullSecrets[0].name=registry", "--set", "nodeSelector.pool=a",
    ];

    [Fact]
    public async Task Lint_Default_IsClean() => AssertClean(await Helm.LintAsync());

    [Fact]
    public async Task Lint_EverythingOn_IsClean() => AssertClean(await Helm.LintAsync(Everything));

    [Fact]
    public async Task Render_Default_IsExactlyTheseObjects()
    {
        Manifest manifest = await Helm.RenderAsync();

        Assert.Equal(
            [
                "ServiceAccount/test-node-agent", "ConfigMap/test-node-agent", "ClusterRole/test-node-agent", "ClusterRoleBinding/test-node-agent",
                "DaemonSet/test-node-agent", "Rules/default-rules", "RuntimeRuleAlertBinding/all-rules-all-pods",
            ],
            manifest.Names);
    }

    [Fact]
    public async Task Render_EverythingOn_IsExactlyTheseObjects()
    {
        Manifest manifest = await Helm.RenderAsync(Everything);

        Assert.Equal(
            ["ClusterRole", "ClusterRoleBinding", "ConfigMap", "DaemonSet", "NetworkPolicy", "PodMonitor", "Rules", "RuntimeRuleAlertBinding", "ServiceAccount"],
            manifest.Names.Select(name => name.Split('/')[0]).Order(StringComparer.Ordinal));
        Assert.Equal("spc_t", Manifest.Scalar(manifest.Container, "securityContext.seLinuxOptions.type"));
        Assert.Equal("1Gi", Manifest.Scalar(manifest.PodSpec, "volumes.1.emptyDir.sizeLimit"));
        Assert.Equal("monitoring", Manifest.List(manifest.Object("NetworkPolicy"), "spec.policyTypes").Length == 2
            ? ((YamlMappingNode)Manifest.At(manifest.Object("NetworkPolicy"), "spec.ingress.0.from.0.namespaceSelector.matchLabels")!).Children.Values.Single().ToString()
            : null);
    }

    [Fact]
    public async Task Render_Configuration_IsYamlWithTheChartsOwnKeys()
    {
        Manifest manifest = await Helm.RenderAsync("--set", "config.profiles.learningPeriod=7d", "--set", "operations.port=8080");

        YamlNode configuration = Configuration(manifest);
        Assert.Equal("7d", Manifest.Scalar(configuration, "profiles.learningPeriod"));
        Assert.Equal("0.0.0.0:8080", Manifest.Scalar(configuration, "operations.address"));
        Assert.Equal("/var/lib/node-agent", Manifest.Scalar(configuration, "dataDirectory"));
        Assert.Null(Manifest.At(configuration, "clusterName")); // empty: the agent's default, not an empty name
        Assert.Equal("8080", Manifest.Scalar(manifest.Container, "ports.0.containerPort"));
    }

    [Fact]
    public async Task Render_ChangedConfiguration_ReplacesThePods()
    {
        string before = Checksum(await Helm.RenderAsync());
        string after = Checksum(await Helm.RenderAsync("--set", "config.logLevel=Debug"));

        Assert.NotEqual(before, after);
        Assert.Equal(before, Checksum(await Helm.RenderAsync()));
    }

    [Fact]
    public async Task Render_Probes_AskTheOperationsPort()
    {
        YamlMappingNode container = (await Helm.RenderAsync()).Container;

        Assert.Equal("operations", Manifest.Scalar(container, "ports.0.name"));
        foreach ((string probe, string path) in new[] { ("livenessProbe", "/livez"), ("readinessProbe", "/readyz"), ("startupProbe", "/readyz") })
        {
            Assert.Equal((path, "operations"), (Manifest.Scalar(container, probe + ".httpGet.path"), Manifest.Scalar(container, probe + ".httpGet.port")));
        }
    }

    [Fact]
    public async Task Render_Default_HasRequestsLimitsAndEveryNode()
    {
        Manifest manifest = await Helm.RenderAsync();

        Assert.NotNull(Manifest.Scalar(manifest.Container, "resources.requests.cpu"));
        Assert.NotNull(Manifest.Scalar(manifest.Container, "resources.requests.memory"));
        Assert.NotNull(Manifest.Scalar(manifest.Container, "resources.limits.memory"));
        Assert.Equal("Exists", Manifest.Scalar(manifest.PodSpec, "tolerations.0.operator"));
        Assert.Null(Manifest.At(manifest.PodSpec, "tolerations.0.key"));
    }

    [Fact]
    public async Task Render_Selector_IsInThePodsLabels()
    {
        Manifest manifest = await Helm.RenderAsync(Everything);
        YamlMappingNode daemonSet = manifest.Object("DaemonSet");

        var labels = ((YamlMappingNode)Manifest.At(daemonSet, "spec.template.metadata.labels")!).Children;
        var selector = ((YamlMappingNode)Manifest.At(daemonSet, "spec.selector.matchLabels")!).Children;
        Assert.NotEmpty(selector);
        Assert.All(selector, pair => Assert.Equal(pair.Value, labels[pair.Key]));
    }

    [Theory]
    [InlineData("--set", "image.tag=v9", "node-agent:v9")]
    [InlineData("--set", "image.digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "node-agent@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task Render_Image_IsAsAsked(string flag, string value, string image) =>
        Assert.Equal(image, Manifest.Scalar((await Helm.RenderAsync(flag, value)).Container, "image"));

    private static YamlNode Configuration(Manifest manifest)
    {
        var stream = new YamlStream();
        var data = (YamlMappingNode)Manifest.At(manifest.Object("ConfigMap"), "data")!;
        stream.Load(new StringReader(((YamlScalarNode)data.Children[new YamlScalarNode("config.yaml")]).Value!));
        return stream.Documents[0].RootNode;
    }

    private static string Checksum(Manifest manifest)
    {
        var annotations = (YamlMappingNode)Manifest.At(manifest.Object("DaemonSet"), "spec.template.metadata.annotations")!;
        return annotations.Children[new YamlScalarNode("checksum/config")].ToString();
    }

    private static void AssertClean(ProgramResult result)
    {
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.DoesNotContain("[WARNING]", result.Output, StringComparison.Ordinal);
    }
}
