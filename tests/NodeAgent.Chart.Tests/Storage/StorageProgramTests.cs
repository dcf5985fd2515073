// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using NodeAgent.Chart.Tests.Releases;
using NodeAgent.Configuration;
using NodeAgent.Export.Storage;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.StorageHost.Configuration;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>What is rendered is what the real program takes, serves and is asked for.</summary>
public sealed class StorageProgramTests
{
    // Groups that the program serves on a machine that stands alone; in a cluster they are the API server's own, or custom
    // resources of others.
    private static readonly string[] StandAloneOnly = ["kubescape.io"];

    private static readonly string[] Roles = ["view", "edit", "admin", "configure"];

    [Theory]
    [MemberData(nameof(Shapes.Names), MemberType = typeof(Shapes))]
    public async Task Configuration_AsRendered_IsTakenByTheProgramsSettings(string shape)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Shapes.Configuration(manifest), TestContext.Current.CancellationToken);
            HostOptions options = new SettingsLoader<HostOptions>(HostSettings.All).Load(file, new Dictionary<string, string>(), new Dictionary<string, string>());
            options.Storage.Validate();

            Assert.Equal("[::]:8443", options.Storage.ListenAddress);
            Assert.Equal(Shapes.Host, options.TokenAudience);
            string[] mounts = [.. ((YamlSequenceNode)Manifest.At(Shapes.Container(manifest), "volumeMounts")!).Select(mount => Manifest.Scalar(mount, "mountPath") + "/")];
            string[] files = [options.DataDirectory + "/", options.Storage.TlsCertificateFile!, options.Storage.TlsKeyFile!, .. shape is "postgresql" or "everything" ? [options.Storage.DatabasePasswordFile] : Array.Empty<string>()];
            Assert.All(files, path => Assert.Contains(mounts, mount => path.StartsWith(mount, StringComparison.Ordinal)));
            Assert.Equal(shape is "postgresql" or "everything", options.Storage.Database.Length > 0);
            int grace = int.Parse(Manifest.Scalar(Shapes.Pod(manifest), "terminationGracePeriodSeconds")!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(options.Storage.StopTimeout + TimeSpan.FromSeconds(5) < TimeSpan.FromSeconds(grace), "it is killed before it has stopped");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Program_AsRendered_ServesWithTheRenderedCertificate()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest);
        using HttpClient client = storage.Client();
        YamlMappingNode container = Shapes.Container(manifest);

        foreach (string probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
        {
            Assert.Equal(("https", "HTTPS"), (Manifest.Scalar(container, $"{probe}.httpGet.port"), Manifest.Scalar(container, $"{probe}.httpGet.scheme")));
            using HttpResponseMessage answer = await client.GetAsync(Manifest.Scalar(container, $"{probe}.httpGet.path"), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        using HttpResponseMessage metrics = await client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, metrics.StatusCode);
    }

    [Fact]
    public async Task Program_AsRendered_ServesExactlyTheRegisteredGroupsAndTheirKindsHaveExactlyTheirVerbs()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest);
        using HttpClient client = storage.Client();
        JsonNode groups = (await JsonNode.ParseAsync(await client.GetStreamAsync("/apis", TestContext.Current.CancellationToken)))!;
        string[] served =
        [
            .. groups["groups"]!.AsArray().Where(group => !StandAloneOnly.Contains((string?)group!["name"]))
                .SelectMany(group => group!["versions"]!.AsArray()).Select(version => (string)version!["groupVersion"]!).Order(StringComparer.Ordinal),
        ];

        Assert.Equal(served, manifest.All("APIService").Select(api => $"{Manifest.Scalar(api, "spec.group")}/{Manifest.Scalar(api, "spec.version")}").Order(StringComparer.Ordinal));
        var verbs = new List<string>();
        foreach (string version in served)
        {
            JsonNode resources = (await JsonNode.ParseAsync(await client.GetStreamAsync($"/apis/{version}", TestContext.Current.CancellationToken)))!;
            verbs.AddRange(
                from resource in resources["resources"]!.AsArray()
                from verb in resource!["verbs"]!.AsArray()
                where (string?)verb == "get" || !((string)resource["name"]!).EndsWith("/status", StringComparison.Ordinal) // which programs write, not people
                select $"{verb} {resource["name"]}.{version.Split('/')[0]}{((bool)resource["namespaced"]! ? string.Empty : " of the cluster")}");
        }

        Assert.Equal(
            verbs.Select(verb => verb.Replace(" of the cluster", string.Empty, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            Roles.SelectMany(role => Rights(manifest, role)).Order(StringComparer.Ordinal));

        // Who may edit one namespace may not decide for the cluster.
        string[] ofTheCluster = [.. verbs.Where(verb => verb.EndsWith(" of the cluster", StringComparison.Ordinal)).Select(verb => verb.Replace(" of the cluster", string.Empty, StringComparison.Ordinal))];
        Assert.NotEmpty(ofTheCluster);
        Assert.Empty(Rights(manifest, "edit").Concat(Rights(manifest, "admin")).Intersect(ofTheCluster));

        // An agent is one of the programs that write the status of what they told.
        Assert.Empty(Rights(manifest, "agent")
            .Where(right => !right.StartsWith("update ", StringComparison.Ordinal) || !right.Contains("/status.", StringComparison.Ordinal))
            .Except(verbs.Select(verb => verb.Replace(" of the cluster", string.Empty, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Program_InACluster_ReadsExactlyWhatItsRolesPermit()
    {
        using var cluster = new ObjectServer();
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        string kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            kubeconfig,
            $$$"""{"clusters":[{"name":"a","cluster":{"server":"{{{cluster.Address}}}"}}],"contexts":[{"name":"a","context":{"cluster":"a"}}],"current-context":"a"}""",
            TestContext.Current.CancellationToken);

        // The map that the role extension-apiserver-authentication-reader is about, and what roles of its own say.
        string[] permitted = [.. Own(manifest).Append("/api/v1/namespaces/kube-system/configmaps").Order(StringComparer.Ordinal)];
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest, text => $"{text}\nkubernetes:\n  kubeconfig: {kubeconfig}\n");
        for (var waited = Stopwatch.StartNew(); !cluster.Read.SequenceEqual(permitted) && waited.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50, TestContext.Current.CancellationToken))
        {
        }

        Assert.Equal(permitted, cluster.Read);
        File.Delete(kubeconfig);
    }

    [Theory]
    [InlineData("sqlite", "https://" + Shapes.Host)]
    [InlineData("certManager", "https://" + Shapes.Host)]
    [InlineData("apiServer", "https://kubernetes.default.svc")]
    public async Task Agents_Access_IsTakenByBothOfTheAgentsClients(string shape, string server)
    {
        Manifest manifest = await Shapes.RenderAsync(shape);
        string folder = Directory.CreateTempSubdirectory("node-agent-chart-").FullName;
        try
        {
            foreach ((string path, string text) in AccessFiles(manifest))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, path), text, TestContext.Current.CancellationToken);
            }

            string kubeconfig = Path.Combine(folder, "kubeconfig");
            using StorageConnection connection = Kubeconfig.Load(kubeconfig);
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig);

            Assert.Equal(server, connection.Server.GetLeftPart(UriPartial.Authority));
            Assert.Equal(server, configuration.Host);
            Assert.Equal((Path.Combine(folder, "ca.crt"), Path.Combine(folder, "token")), (connection.CertificateAuthorityFile, connection.TokenFile));
            Assert.False(connection.SkipServerVerification);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Agents_Client_ReachesTheRenderedProgramByItsName()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest);
        using var connection = new StorageConnection
        {
            Server = new Uri($"https://127.0.0.1:{storage.Port}"),
            ServerName = Shapes.Host,
            CertificateAuthorities = StorageCertificateTests.Certificates(StorageCertificateTests.Bundle(manifest)),
            Token = storage.OwnToken,
        };
        using var client = new StorageClient(connection);

        Assert.Empty((await client.ListAsync("containerprofiles", null, null, TestContext.Current.CancellationToken)).Items);
        using var stranger = new StorageClient(connection with { ServerName = "elsewhere.svc" });
        await Assert.ThrowsAsync<StorageException>(() => stranger.ListAsync("containerprofiles", null, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Program_AsRenderedForPostgresql_AsksThatDatabaseAndTellsNoPassword()
    {
        Manifest manifest = await Shapes.RenderAsync("postgresql");
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest, text => text.Replace("database.example:5432", "127.0.0.1:1", StringComparison.Ordinal));

        Assert.NotEqual(0, await storage.EndAsync());
        Assert.Contains("127.0.0.1:1", storage.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("setting '", storage.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Shapes.PasswordSecret, storage.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_UnknownKey_IsRefused()
    {
        Manifest manifest = await Shapes.RenderAsync("sqlite");
        await using RenderedStorage storage = await RenderedStorage.StartAsync(manifest, text => text.Replace("logLevel", "logLevels", StringComparison.Ordinal));

        Assert.NotEqual(0, await storage.EndAsync());
        Assert.Contains("logLevels", storage.Log, StringComparison.Ordinal);
    }

    // The lists that the chart's roles for the storage itself permit, each with the watch that follows it.
    private static IEnumerable<string> Own(Manifest manifest) =>
        from binding in manifest.All("ClusterRoleBinding")
        where Manifest.Scalar(binding, "subjects.0.name") == Shapes.Name && Manifest.Scalar(binding, "roleRef.name")!.StartsWith(Shapes.Name, StringComparison.Ordinal)
        from rule in (YamlSequenceNode)Manifest.At(manifest.Object("ClusterRole", Manifest.Scalar(binding, "roleRef.name")!), "rules")!
        where Manifest.List(rule, "verbs").SequenceEqual(["list", "watch"])
        from api in Manifest.List(rule, "apiGroups")
        from resource in Manifest.List(rule, "resources")
        select api.Length == 0 ? $"/api/v1/{resource}" : $"/apis/{api}/v1/{resource}";

    // What the kubelet puts into the volume, by its path in it. What is not the chart's is made up.
    private static IEnumerable<(string Path, string Text)> AccessFiles(Manifest manifest)
    {
        YamlNode volume = ((YamlSequenceNode)Manifest.At(manifest.PodSpec, "volumes")!).Single(one => Manifest.Scalar(one, "name") == "storage-access");
        YamlNode mount = ((YamlSequenceNode)Manifest.At(manifest.Container, "volumeMounts")!).Single(one => Manifest.Scalar(one, "name") == "storage-access");
        YamlNode variable = ((YamlSequenceNode)Manifest.At(manifest.Container, "env")!).Single(one => Manifest.Scalar(one, "name") == "NODE_AGENT_STORAGE_KUBECONFIG");
        Assert.Equal(Manifest.Scalar(mount, "mountPath") + "/kubeconfig", Manifest.Scalar(variable, "value"));
        foreach (YamlNode source in (YamlSequenceNode)Manifest.At(volume, "projected.sources")!)
        {
            if (Manifest.Scalar(source, "serviceAccountToken.path") is { } token)
            {
                yield return (token, "a.b.c");
            }

            foreach (string kind in new[] { "configMap", "secret" })
            {
                foreach (YamlNode item in Manifest.At(source, $"{kind}.items") as YamlSequenceNode ?? [])
                {
                    string name = Manifest.Scalar(source, $"{kind}.name")!;
                    YamlMappingNode? own = manifest.All("ConfigMap").SingleOrDefault(map => Manifest.Scalar(map, "metadata.name") == name);
                    Assert.Equal(own is null, name is "kube-root-ca.crt" or $"{Shapes.Name}-tls");
                    string key = Manifest.Scalar(item, "key")!;
                    yield return (Manifest.Scalar(item, "path")!, own is null ? Shapes.OwnAuthority() : Manifest.Value(own, "data", key)!);
                }
            }
        }
    }

    private static IEnumerable<string> Rights(Manifest manifest, string role) =>
        from rule in (YamlSequenceNode)Manifest.At(manifest.Object("ClusterRole", $"{Shapes.Name}:{role}"), "rules")!
        from api in Manifest.List(rule, "apiGroups")
        from resource in Manifest.List(rule, "resources")
        from verb in Manifest.List(rule, "verbs")
        select $"{verb} {resource}.{api}";
}
