// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Export.Sinks.Configuration;
using NodeAgent.Export.Sinks.Formats;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Tests.Agent;

/// <summary>The chart and the agent know the same settings.</summary>
public sealed partial class ChartSettingsTests : IDisposable
{
    // What users of the chart do not set: paths, addresses and the node's name follow from the pod.
    private static readonly string[] SetByTheChart = ["dataDirectory", "nodeName", "storage.kubeconfig", "storage.address", "operations.address", "admission.address", "admission.certFile", "admission.keyFile", "admission.clientCaFile", "containers.hostRoot", "kubernetes.kubeconfig", "hostScan.root", "hostScan.namespace"];
    private static readonly Dictionary<string, string> None = [];
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Schema_Config_HasEachSettingThatTheChartDoesNotSet() =>
        Assert.Equal(
            Settings.All.Select(s => s.Key).Concat(Settings.Lists.Select(s => s.Key)).Except(SetByTheChart).Order(StringComparer.Ordinal),
            SchemaKeys().Order(StringComparer.Ordinal));

    [Fact]
    public void SetByTheChart_Keys_AreSettings() => Assert.Empty(SetByTheChart.Except(Settings.All.Select(s => s.Key)));

    [Fact]
    public void Schema_Config_RefusesOtherKeysAtEachLevel()
    {
        JsonElement config = SchemaConfig();

        Assert.False(config.GetProperty("additionalProperties").GetBoolean());
        foreach (JsonProperty section in config.GetProperty("properties").EnumerateObject().Where(p => IsSection(p.Value)))
        {
            Assert.False(section.Value.GetProperty("additionalProperties").GetBoolean(), section.Name);
        }
    }

    [Fact]
    public void Template_KeysThatTheChartSets_AreSettings()
    {
        string template = File.ReadAllText(RepositoryRoot.File("charts/node-agent/templates/_helpers.tpl"));
        string[] set = [.. SetKey.Matches(template).Select(m => m.Groups[1].Value + (m.Groups[2].Success ? "." + m.Groups[2].Value : string.Empty))];

        Assert.NotEmpty(set);
        Assert.All(set, key => Assert.Contains(key, SetByTheChart));
    }

    [Fact]
    public void Rbac_DefaultRules_AreWhatTheAgentAsksFor()
    {
        var values = new YamlStream();
        values.Load(new StringReader(File.ReadAllText(RepositoryRoot.File("charts/node-agent/values.yaml"))));
        var rbac = (YamlMappingNode)((YamlMappingNode)values.Documents[0].RootNode)["rbac"];
        IEnumerable<string> granted =
            from rule in ((YamlSequenceNode)rbac["rules"]).Cast<YamlMappingNode>()
            from api in ((YamlSequenceNode)rule["apiGroups"]).Select(node => node.ToString())
            from resource in ((YamlSequenceNode)rule["resources"]).Select(node => node.ToString())
            from verb in ((YamlSequenceNode)rule["verbs"]).Select(node => node.ToString())
            select api.Length == 0 ? $"{verb} {resource}" : $"{verb} {resource}.{api}";

        Assert.Equal(
            PermissionCheck.Needed(new AgentOptions { Rules = { Cluster = false } }).Select(request => $"{request.Verb} {request.Resource}").Order(StringComparer.Ordinal),
            granted.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void DaemonSet_Variables_AreSettings()
    {
        string template = File.ReadAllText(RepositoryRoot.File("charts/node-agent/templates/daemonset.yaml"));
        string[] variables = [.. AgentVariable.Matches(template).Select(m => m.Groups[1].Value)];

        Assert.NotEmpty(variables);
        Assert.All(variables, v => Assert.Contains(v, Settings.All.Select(s => s.EnvironmentVariable)));
    }

    [Fact]
    public void Values_Config_IsTakenByTheAgent()
    {
        var yaml = new YamlStream();
        using (StreamReader reader = File.OpenText(RepositoryRoot.File("charts/node-agent/values.yaml")))
        {
            yaml.Load(reader);
        }

        var config = (YamlMappingNode)yaml.Documents[0].RootNode["config"];
        foreach (YamlNode empty in config.Children.Where(c => c.Value is YamlScalarNode { Value: "" } or YamlMappingNode { Children.Count: 0 }).Select(c => c.Key).ToArray())
        {
            config.Children.Remove(empty); // as the template leaves out what is empty
        }

        string file = _scratch["config.yaml"];
        using (StreamWriter writer = File.CreateText(file))
        {
            new YamlStream(new YamlDocument(config)).Save(writer, assignAnchors: false);
        }

        Assert.Equal(TimeSpan.FromHours(24), ConfigurationLoader.Load(file, None, None).Profiles.LearningPeriod);
    }

    [Fact]
    public void Schema_Patterns_TakeEachDefault()
    {
        var options = new AgentOptions();
        foreach (Setting<AgentOptions> setting in Settings.All.Where(s => !SetByTheChart.Contains(s.Key)))
        {
            JsonElement schema = SchemaConfig();
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

    [GeneratedRegex("""set \$config "(\w+)" (?:\(dict "(\w+)")?""")]
    private static partial Regex SetKey { get; }

    [GeneratedRegex(@"name: (NODE_AGENT_\w+)")]
    private static partial Regex AgentVariable { get; }

    private static JsonElement SchemaConfig() =>
        JsonDocument.Parse(File.ReadAllText(RepositoryRoot.File("charts/node-agent/values.schema.json")))
            .RootElement.GetProperty("properties").GetProperty("config");

    [Fact]
    public void Schema_Sinks_KnowsEachTypeAndFormat()
    {
        JsonElement item = SchemaConfig().GetProperty("properties").GetProperty("alerts").GetProperty("properties").GetProperty("sinks").GetProperty("items").GetProperty("properties");

        Assert.Equal(Enum.GetValues<SinkType>().Select(SinkSettings.Word), item.GetProperty("type").GetProperty("enum").EnumerateArray().Select(word => word.GetString()!));
        Assert.Equal(AlertFormats.All.Select(format => format.Name), item.GetProperty("format").GetProperty("enum").EnumerateArray().Select(word => word.GetString()!));
    }

    [Fact]
    public void Schema_Sinks_HasEachKeyThatSomeTypeTakes()
    {
        JsonElement item = SchemaConfig().GetProperty("properties").GetProperty("alerts").GetProperty("properties").GetProperty("sinks").GetProperty("items").GetProperty("properties");
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (string type in Enum.GetValues<SinkType>().Select(SinkSettings.Word))
        {
            // An unknown key is answered with those that there are.
            string needed = type.StartsWith("syslog", StringComparison.Ordinal) ? "address: a" : type == "file" ? "path: /f" : type == "stdout" ? "queue: 1" : "url: \"http://a\"";
            File.WriteAllText(_scratch["sinks.yaml"], $"alerts:\n  sinks:\n    - {{ name: s, type: {type}, {needed}, zzz: 1 }}\n");
            string message = Assert.Throws<ConfigurationException>(() => ConfigurationLoader.Load(_scratch["sinks.yaml"], None, None)).Message;
            Assert.Contains("unknown setting 'alerts.sinks[0].zzz'", message, StringComparison.Ordinal);
            taken.UnionWith(message[(message.IndexOf("there are ", StringComparison.Ordinal) + 10)..].Split(", "));
        }

        Assert.Equal(taken.Order(StringComparer.Ordinal), item.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    private static bool IsSection(JsonElement schema) => schema.TryGetProperty("properties", out _);

    private static IEnumerable<string> SchemaKeys() => SchemaConfig().GetProperty("properties").EnumerateObject().SelectMany(p =>
        IsSection(p.Value) ? p.Value.GetProperty("properties").EnumerateObject().Select(q => $"{p.Name}.{q.Name}") : [p.Name]);
}
