// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeAgent.Configuration;
using NodeAgent.StorageHost.Configuration;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Chart.Tests.Storage;

/// <summary>Values, their schema and the program's settings know the same keys.</summary>
public sealed partial class StorageSettingsTests
{
    // Paths, addresses and the database follow from other values; the others are for machines that stand alone.
    private static readonly string[] SetByTheChart =
    [
        "dataDirectory", "listen.address", "database.address", "database.passwordFile", "database.backupFile", "tls.certFile", "tls.keyFile", "access.tokenAudience",
        "tls.clientCaFile", "kubernetes.kubeconfig", "access.rulesFile",
    ];

    [Fact]
    public void Schema_Config_HasEachSettingThatTheChartDoesNotSet() =>
        Assert.Equal(
            HostSettings.All.Select(setting => setting.Key).Except(SetByTheChart).Order(StringComparer.Ordinal),
            Keys(Storage().GetProperty("properties").GetProperty("config"), string.Empty).Order(StringComparer.Ordinal));

    [Fact]
    public void SetByTheChart_Keys_AreSettings() => Assert.Empty(SetByTheChart.Except(HostSettings.All.Select(setting => setting.Key)));

    [Fact]
    public void Schema_Patterns_TakeEachDefault()
    {
        var options = new HostOptions();
        foreach (Setting<HostOptions> setting in HostSettings.All.Where(setting => !SetByTheChart.Contains(setting.Key)))
        {
            JsonElement schema = Storage().GetProperty("properties").GetProperty("config");
            foreach (string part in setting.Key.Split('.'))
            {
                schema = schema.GetProperty("properties").GetProperty(part);
            }

            if (schema.TryGetProperty("pattern", out JsonElement pattern))
            {
                Assert.Matches(pattern.GetString()!, setting.Show(options));
            }
        }
    }

    // The other way round is what helm does at each rendering.
    [Fact]
    public void Schema_EveryKey_StandsInTheValues()
    {
        var values = new YamlStream();
        values.Load(new StringReader(File.ReadAllText(Path.Combine(Helm.Chart, "values.yaml"))));
        YamlNode storage = ((YamlMappingNode)values.Documents[0].RootNode)["storage"];

        Assert.All(OwnKeys(), key => Assert.True(Manifest.At(storage, key) is not null, $"storage.{key} is not in values.yaml"));
    }

    [Fact]
    public void Values_EveryKey_IsUsedByATemplate()
    {
        string templates = string.Concat(Directory.EnumerateFiles(Path.Combine(Helm.Chart, "templates"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        string[] words = [.. Words().Matches(templates).Select(match => match.Value)];

        Assert.All(OwnKeys(), key => Assert.Contains("." + key.Split('.')[^1], words));
    }

    [Theory]
    [InlineData("storage.postgresql.host=\"a:5432,b:5433\"")]
    [InlineData("storage.config.watch.windowSize=\"64MiB\"")]
    [InlineData("storage.config.access.allowedTime=\"0s\"")]
    [InlineData("storage.sqlite.backupFile=\"/var/lib/node-agent-storage/backup.db\"")]
    public async Task Values_Good_AreTaken(string value)
    {
        ProgramResult result = await Helm.TemplateAsync("--set", "storage.enabled=true", "--set-json", value);

        Assert.True(result.ExitCode == 0, result.Errors);
    }

    [Theory]
    [InlineData("storage.engin=\"sqlite\"", "engin")]
    [InlineData("storage.engine=\"mysql\"", "engine")]
    [InlineData("storage.replicas=0", "replicas")]
    [InlineData("storage.config.dataDirectory=\"/x\"", "dataDirectory")] // the chart's to set
    [InlineData("storage.config.access.tokenAudience=\"x\"", "tokenAudience")]
    [InlineData("storage.config.limits.connections=\"many\"", "connections")]
    [InlineData("storage.config.audit.file=\"/etc/audit\"", "file")] // the root is read-only
    [InlineData("storage.postgresql.password=\"secret\"", "password")]
    [InlineData("storage.postgresql.host=\"postgres://host\"", "host")]
    [InlineData("storage.postgresql.tls.mode=\"verify\"", "mode")]
    [InlineData("storage.tls.source=\"none\"", "source")]
    [InlineData("storage.tls.insecureSkipTLSVerify=true", "insecureSkipTLSVerify")]
    [InlineData("storage.agents.via=\"nodePort\"", "via")]
    [InlineData("storage.sqlite.accessMode=\"ReadWriteMany\"", "accessMode")]
    [InlineData("storage.networkPolicy.apiServerCidrs=[\"10.0.0.1\"]", "apiServerCidrs")]
    [InlineData("storage.engine=\"postgresql\"", "storage.postgresql.host is needed")]
    [InlineData("storage={\"engine\":\"postgresql\",\"postgresql\":{\"host\":\"a\",\"tls\":{\"ca\":{\"name\":\"c\"}}}}", "storage.postgresql.passwordSecret.name")]
    [InlineData("storage={\"engine\":\"postgresql\",\"postgresql\":{\"host\":\"a\",\"passwordSecret\":{\"name\":\"p\"}}}", "storage.postgresql.tls.ca.name is needed")]
    [InlineData("storage.tls={\"source\":\"secret\",\"secret\":{\"name\":\"mine\"}}", "storage.tls.secret.caBundle")]
    [InlineData("storage.tls.secret.caBundle=\"not PEM\"", "caBundle")]
    public async Task Values_Bad_AreRefusedByName(string value, string name)
    {
        ProgramResult result = await Helm.TemplateAsync("--set", "storage.enabled=true", "--set-json", value);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(name, result.Errors, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.[a-zA-Z]+")]
    private static partial Regex Words();

    private static JsonElement Storage() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(Helm.Chart, "values.schema.json"))).RootElement.GetProperty("properties").GetProperty("storage");

    // Without those that Kubernetes or the program gives a meaning to.
    private static IEnumerable<string> OwnKeys() =>
        Keys(Storage(), string.Empty).Where(key => key.Split('.')[0] is not ("config" or "resources" or "affinity"));

    private static IEnumerable<string> Keys(JsonElement schema, string path) =>
        schema.TryGetProperty("properties", out JsonElement properties)
            ? properties.EnumerateObject().SelectMany(property => Keys(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
            : [path];
}
