// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>Which objects the central storage is made of, and that they find each other.</summary>
public sealed class StorageObjectTests
{
    private static readonly string[] Common =
    [
        "APIService", "APIService", "APIService", "ClusterRole", "ClusterRole", "ClusterRole", "ClusterRole", "ClusterRole", "ClusterRole", "ClusterRoleBinding", "ClusterRoleBinding",
        "ClusterRoleBinding", "ConfigMap", "ConfigMap",
        "RoleBinding", "Service", "ServiceAccount",
    ];

    [Theory]
    [InlineData("sqlite", new[] { "PersistentVolumeClaim", "Secret", "StatefulSet" })]
    [InlineData("apiServer", new[] { "PersistentVolumeClaim", "Secret", "StatefulSet" })]
    [InlineData("secret", new[] { "PersistentVolumeClaim", "StatefulSet" })]
    [InlineData("certManager", new[] { "Certificate", "Certificate", "Issuer", "Issuer", "PersistentVolumeClaim", "StatefulSet" })]
    [InlineData("postgresql", new[] { "Deployment", "PodDisruptionBudget", "Secret" })]
    [InlineData("everything", new[] { "ClusterRole", "ClusterRoleBinding", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Secret", "ServiceMonitor" })]
    public async Task Render_Shape_IsExactlyTheseObjects(string shape, string[] own)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);

        string[] ofTheAgent = ["ServiceAccount/test-node-agent", "ConfigMap/test-node-agent", "ClusterRole/test-node-agent", "ClusterRoleBinding/test-node-agent", "DaemonSet/test-node-agent", "NetworkPolicy/test-node-agent", "Rules/default-rules", "RuntimeRuleAlertBinding/all-rules-all-pods"];
        Assert.Equal(
            Common.Concat(own).Order(StringComparer.Ordinal),
            manifest.Names.Except(ofTheAgent).Select(name => name.Split('/')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Render_Off_SaysNothingOfAStorage()
    {
        Manifest manifest = await Helm.RenderAsync();

        // What rules say of the storage of others is another thing.
        IEnumerable<string> objects = manifest.Text.Split("\n---").Where(text => !text.Contains("\nkind: Rules\n", StringComparison.Ordinal));
        Assert.DoesNotContain("storage", string.Join('\n', objects.SelectMany(text => text.Split('\n')).Where(line => !line.TrimStart().StartsWith('#'))), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Lint_Shape_IsClean(string shape)
    {
        ProgramResult result = await Helm.LintAsync(Shapes.All[shape]);

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.DoesNotContain("[WARNING]", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Render_Selectors_MatchTheStoragesPodsAndNotTheAgents(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        IReadOnlyDictionary<string, string> pod = Manifest.Map(Shapes.Workload(manifest), "spec.template.metadata.labels");
        IReadOnlyDictionary<string, string> agent = Manifest.Map(manifest.Object("DaemonSet"), "spec.template.metadata.labels");
        List<(YamlNode Object, string Path)> selectors = [(Shapes.Workload(manifest), "spec.selector.matchLabels"), (manifest.Object("Service"), "spec.selector")];
        selectors.AddRange(manifest.All("PodDisruptionBudget").Select(o => ((YamlNode)o, "spec.selector.matchLabels")));
        selectors.AddRange(manifest.All("NetworkPolicy").Where(o => Manifest.Scalar(o, "metadata.name") == Shapes.Name).Select(o => ((YamlNode)o, "spec.podSelector.matchLabels")));
        selectors.AddRange((Manifest.At(Shapes.Pod(manifest), "topologySpreadConstraints") as YamlSequenceNode ?? []).Select(o => (o, "labelSelector.matchLabels")));

        foreach ((YamlNode node, string path) in selectors)
        {
            IReadOnlyDictionary<string, string> selector = Manifest.Map(node, path);
            Assert.NotEmpty(selector);
            Assert.True(Selects(selector, pod), path);
            Assert.False(Selects(selector, agent), path);
        }

        Assert.False(Selects(Manifest.Map(manifest.Object("DaemonSet"), "spec.selector.matchLabels"), pod));
        Assert.All(manifest.All("ServiceMonitor"), monitor =>
            Assert.True(Selects(Manifest.Map(monitor, "spec.selector.matchLabels"), Manifest.Map(manifest.Object("Service"), "metadata.labels"))));
    }

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Render_References_AreThere(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        YamlMappingNode pod = Shapes.Pod(manifest);
        string[] mounted = [.. ((YamlSequenceNode)Manifest.At(Shapes.Container(manifest), "volumeMounts")!).Select(mount => Manifest.Scalar(mount, "name")!)];
        string[] volumes = [.. ((YamlSequenceNode)Manifest.At(pod, "volumes")!).Select(volume => Manifest.Scalar(volume, "name")!)];

        Assert.Equal(volumes.Order(StringComparer.Ordinal), mounted.Order(StringComparer.Ordinal));
        Assert.Contains($"ServiceAccount/{Manifest.Scalar(pod, "serviceAccountName")}", manifest.Names);
        Assert.Equal("https", Manifest.Scalar(Shapes.Container(manifest), "ports.0.name"));
        Assert.Equal("https", Manifest.Scalar(manifest.Object("Service"), "spec.ports.0.targetPort"));
        foreach (YamlMappingNode api in manifest.All("APIService"))
        {
            Assert.Equal(Manifest.Scalar(manifest.Object("Service"), "metadata.name"), Manifest.Scalar(api, "spec.service.name"));
            Assert.Equal(Manifest.Scalar(manifest.Object("Service"), "metadata.namespace"), Manifest.Scalar(api, "spec.service.namespace"));
            Assert.Equal(Manifest.Scalar(manifest.Object("Service"), "spec.ports.0.port"), Manifest.Scalar(api, "spec.service.port"));
            Assert.Equal($"{Manifest.Scalar(api, "spec.version")}.{Manifest.Scalar(api, "spec.group")}", Manifest.Scalar(api, "metadata.name"));
        }
    }

    [Fact]
    public async Task Render_Sqlite_IsOneWriterOnAVolumeThatStays()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");

        Assert.Equal("1", Manifest.Scalar(manifest.Object("StatefulSet"), "spec.replicas"));
        Assert.Equal("keep", Manifest.Value(manifest.Object("PersistentVolumeClaim"), "metadata.annotations", "helm.sh/resource-policy"));
        Assert.Equal(Shapes.Name, Claim(manifest));
    }

    [Fact]
    public async Task Render_SqliteVolume_IsAsAsked()
    {
        Manifest own = await Helm.RenderAsync([.. Shapes.Sqlite, "--set", "storage.sqlite.existingClaim=mine"]);
        Manifest temporary = await Helm.RenderAsync([.. Shapes.Sqlite, "--set", "storage.sqlite.retain=false,storage.sqlite.storageClass=fast,storage.sqlite.accessMode=ReadWriteOncePod"]);

        Assert.False(own.Has("PersistentVolumeClaim"));
        Assert.Equal("mine", Claim(own));
        Assert.Null(Manifest.At(temporary.Object("PersistentVolumeClaim"), "metadata.annotations"));
        Assert.Equal("fast", Manifest.Scalar(temporary.Object("PersistentVolumeClaim"), "spec.storageClassName"));
        Assert.Equal(["ReadWriteOncePod"], Manifest.List(temporary.Object("PersistentVolumeClaim"), "spec.accessModes"));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task Render_Postgresql_HasReplicasApartAndABudgetForSeveral(int replicas, bool budget)
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.Postgresql, "--set", $"storage.replicas={replicas}"]);

        Assert.Equal(replicas.ToString(System.Globalization.CultureInfo.InvariantCulture), Manifest.Scalar(manifest.Object("Deployment"), "spec.replicas"));
        Assert.Equal("0", Manifest.Scalar(manifest.Object("Deployment"), "spec.strategy.rollingUpdate.maxUnavailable"));
        Assert.Equal(budget, manifest.Has("PodDisruptionBudget"));
        Assert.Equal(2, ((YamlSequenceNode)Manifest.At(Shapes.Pod(manifest), "topologySpreadConstraints")!).Children.Count);
    }

    [Theory]
    [InlineData("sqlite", "1.32.0", false)]
    [InlineData("postgresql", "1.29.0", false)]
    [InlineData("postgresql", "1.30.0", true)]
    public async Task Render_Stop_WaitsForTheEndpointsWhereAnotherReplicaServes(string shape, string version, bool pause)
    {
        Manifest manifest = await Helm.RenderAsync([.. Shapes.All[shape], "--kube-version", version]);

        Assert.Equal(pause ? "5" : null, Manifest.Scalar(Shapes.Container(manifest), "lifecycle.preStop.sleep.seconds"));
    }

    [Fact]
    public async Task Render_ChangedConfiguration_ReplacesThePods()
    {
        string? before = Checksum(await Shapes.RenderAsync("sqlite"));

        Assert.Equal(before, Checksum(await Shapes.RenderAsync("sqlite"))); // another certificate does not
        Assert.NotEqual(before, Checksum(await Helm.RenderAsync([.. Shapes.Sqlite, "--set", "storage.config.logLevel=Debug"])));
    }

    [Fact]
    public async Task Render_ImageOfTheAgent_IsTheStorages()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");

        Assert.Equal(Manifest.Scalar(manifest.Container, "image"), Manifest.Scalar(Shapes.Container(manifest), "image"));
        Assert.Equal(["/app/node-agent-storage"], Manifest.List(Shapes.Container(manifest), "command"));
        Assert.Equal(["run", "--config", "/etc/node-agent-storage/config/config.yaml"], Manifest.List(Shapes.Container(manifest), "args"));
    }

    private static bool Selects(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels) =>
        selector.All(pair => labels.TryGetValue(pair.Key, out string? value) && value == pair.Value);

    private static string? Claim(Manifest manifest) =>
        ((YamlSequenceNode)Manifest.At(Shapes.Pod(manifest), "volumes")!).Select(volume => Manifest.Scalar(volume, "persistentVolumeClaim.claimName")).OfType<string>().Single();

    private static string? Checksum(Manifest manifest) => Manifest.Value(Shapes.Workload(manifest), "spec.template.metadata.annotations", "checksum/config");
}
