// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Configuration;

/// <summary>Builds the options from, in rising order: defaults, file, environment, flags.</summary>
/// <remarks>Errors: <see cref="ConfigurationException"/> that names the key, its source and what was expected; unknown keys are errors.</remarks>
public static class ConfigurationLoader
{
    private const string EnvironmentPrefix = "NODE_AGENT_";

    // Kubernetes puts NODE_AGENT_SERVICE_HOST, NODE_AGENT_PORT_… into each pod beside a Service named node-agent.
    private static readonly string[] ForeignPrefixes = ["NODE_AGENT_SERVICE_", "NODE_AGENT_PORT"];

    /// <param name="file">Path of a YAML or JSON file, or null.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="flags">Key (not flag name) to text.</param>
    /// <returns>Validated options.</returns>
    public static AgentOptions Load(string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> flags)
    {
        var options = new AgentOptions();
        if (file is not null)
        {
            ApplyFile(options, file);
        }

        ApplyEnvironment(options, environment);
        foreach ((string key, string value) in flags)
        {
            Setting setting = Settings.All.First(s => s.Key == key);
            Apply(options, setting, value, $"flag {setting.Flag}");
        }

        return options;
    }

    private static void ApplyFile(AgentOptions options, string file)
    {
        YamlNode? root;
        try
        {
            using StreamReader reader = File.OpenText(file);
            var stream = new YamlStream();
            stream.Load(reader);
            root = stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"configuration file {file}: {e.Message}");
        }
        catch (YamlException e)
        {
            throw new ConfigurationException($"configuration file {file}, line {e.Start.Line}: {e.Message}");
        }

        switch (root)
        {
            case null or YamlScalarNode { Value: null or "" }:
                break;
            case YamlMappingNode mapping:
                ApplyMapping(options, file, mapping, string.Empty);
                break;
            default:
                throw new ConfigurationException($"configuration file {file}: expected a mapping of settings");
        }
    }

    private static void ApplyMapping(AgentOptions options, string file, YamlMappingNode mapping, string prefix)
    {
        foreach ((YamlNode keyNode, YamlNode value) in mapping.Children)
        {
            string key = prefix + ((keyNode as YamlScalarNode)?.Value ?? "?");
            string source = $"{file}, line {keyNode.Start.Line}";
            if (value is YamlMappingNode section && Settings.All.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal)))
            {
                ApplyMapping(options, file, section, key + ".");
                continue;
            }

            Setting setting = Settings.All.FirstOrDefault(s => s.Key == key)
                ?? throw new ConfigurationException($"unknown setting '{key}' ({source}){Suggest(key)}");
            Apply(options, setting, ScalarText(setting, source, value), source);
        }
    }

    private static string ScalarText(Setting setting, string source, YamlNode value) => value switch
    {
        YamlScalarNode scalar => scalar.Value ?? string.Empty,
        YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode) =>
            string.Join(',', list.Children.Select(c => ((YamlScalarNode)c).Value)),
        _ => throw new ConfigurationException($"setting '{setting.Key}' ({source}): expected {setting.ValueName}"),
    };

    private static void ApplyEnvironment(AgentOptions options, IReadOnlyDictionary<string, string> environment)
    {
        foreach ((string name, string value) in environment.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || ForeignPrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
            {
                continue;
            }

            Setting setting = Settings.All.FirstOrDefault(s => s.EnvironmentVariable == name)
                ?? throw new ConfigurationException($"unknown setting in environment variable {name}{Suggest(name)}");
            Apply(options, setting, value, $"environment variable {name}");
        }
    }

    private static void Apply(AgentOptions options, Setting setting, string value, string source)
    {
        try
        {
            setting.Apply(options, value);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new ConfigurationException($"setting '{setting.Key}' ({source}): {e.Message}");
        }
    }

    private static string Suggest(string unknown)
    {
        string last = unknown[(unknown.LastIndexOfAny(['.', '_']) + 1)..];
        Setting? near = Settings.All.FirstOrDefault(s => s.Key.EndsWith(last, StringComparison.OrdinalIgnoreCase))
            ?? Settings.All.FirstOrDefault(s => last.Length > 3 && s.Key.Contains(last[..4], StringComparison.OrdinalIgnoreCase));
        return near is null ? string.Empty : $"; did you mean '{near.Key}' ({near.EnvironmentVariable})?";
    }
}
