// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Configuration;

/// <summary>Builds a program's options from, in rising order: defaults, file, environment, flags.</summary>
/// <remarks>Errors: <see cref="ConfigurationException"/> that names the key, its source and what was expected; unknown keys are errors.</remarks>
public sealed partial class SettingsLoader<TOptions>(IReadOnlyList<Setting<TOptions>> settings, IReadOnlyList<ListSetting<TOptions>>? lists = null)
    where TOptions : class, new()
{
    private const string EnvironmentPrefix = "NODE_AGENT_";

    /// <param name="file">Path of a YAML or JSON file, or null.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="flags">Key (not flag name) to text.</param>
    /// <returns>Validated options.</returns>
    public TOptions Load(string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> flags)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(flags);
        var options = new TOptions();
        if (file is not null)
        {
            ApplyFile(options, file);
        }

        ApplyEnvironment(options, environment);
        foreach ((string key, string value) in flags)
        {
            Setting<TOptions> setting = settings.First(s => s.Key == key);
            Apply(options, setting, value, $"flag {setting.Flag}");
        }

        return options;
    }

    private void ApplyFile(TOptions options, string file)
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
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The parser's answer to some texts that are no YAML; it does not say where.
            throw new ConfigurationException($"configuration file {file}: is no YAML: {e.Message}");
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

    private void ApplyMapping(TOptions options, string file, YamlMappingNode mapping, string prefix)
    {
        foreach ((YamlNode keyNode, YamlNode value) in mapping.Children)
        {
            string key = prefix + ((keyNode as YamlScalarNode)?.Value ?? "?");
            string source = $"{file}, line {keyNode.Start.Line}";
            if (value is YamlMappingNode section && settings.Any(s => s.Key.StartsWith(key + ".", StringComparison.Ordinal)))
            {
                ApplyMapping(options, file, section, key + ".");
                continue;
            }

            if (lists?.FirstOrDefault(list => list.Key == key) is { } list)
            {
                ApplyList(options, file, list, value);
                continue;
            }

            Setting<TOptions> setting = settings.FirstOrDefault(s => s.Key == key)
                ?? throw new ConfigurationException($"unknown setting '{key}' ({source}){Suggest(key)}");
            Apply(options, setting, ScalarText(setting, source, value), source);
        }
    }

    private static void ApplyList(TOptions options, string file, ListSetting<TOptions> list, YamlNode value)
    {
        if (value is YamlScalarNode { Value: null or "" })
        {
            return;
        }

        if (value is not YamlSequenceNode items)
        {
            throw new ConfigurationException($"setting '{list.Key}' ({file}, line {value.Start.Line}): expected a list");
        }

        for (int at = 0; at < items.Children.Count; at++)
        {
            string key = $"{list.Key}[{at}]";
            var section = items.Children[at] is YamlMappingNode mapping
                ? new SettingSection(mapping, key, file)
                : throw new ConfigurationException($"setting '{key}' ({file}, line {items.Children[at].Start.Line}): expected a mapping");
            list.Apply(options, section);
            section.Done();
        }
    }

    private static string ScalarText(Setting<TOptions> setting, string source, YamlNode value) => value switch
    {
        YamlScalarNode scalar => scalar.Value ?? string.Empty,
        YamlSequenceNode list when list.Children.All(c => c is YamlScalarNode) =>
            string.Join(',', list.Children.Select(c => ((YamlScalarNode)c).Value)),
        _ => throw new ConfigurationException($"setting '{setting.Key}' ({source}): expected {setting.ValueName}"),
    };

    private void ApplyEnvironment(TOptions options, IReadOnlyDictionary<string, string> environment)
    {
        foreach ((string name, string value) in environment.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (!name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
            {
                continue;
            }

            Setting<TOptions>? setting = settings.FirstOrDefault(s => s.EnvironmentVariable == name);
            if (setting is null && ServiceLink().IsMatch(name))
            {
                continue;
            }

            if (setting is null)
            {
                throw new ConfigurationException($"unknown setting in environment variable {name}{Suggest(name)}");
            }

            Apply(options, setting, value, $"environment variable {name}");
        }
    }

    private static void Apply(TOptions options, Setting<TOptions> setting, string value, string source)
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

    private string Suggest(string unknown)
    {
        string last = unknown[(unknown.LastIndexOfAny(['.', '_']) + 1)..];
        Setting<TOptions>? near = settings.FirstOrDefault(s => s.Key.EndsWith(last, StringComparison.OrdinalIgnoreCase))
            ?? settings.FirstOrDefault(s => last.Length > 3 && s.Key.Contains(last[..4], StringComparison.OrdinalIgnoreCase));
        return near is null ? string.Empty : $"; did you mean '{near.Key}' ({near.EnvironmentVariable})?";
    }

    // Kubernetes puts NODE_AGENT_SERVICE_HOST, NODE_AGENT_STORAGE_PORT_443_TCP… into each pod beside Services of such names.
    [GeneratedRegex("_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_[A-Z]+)?$")]
    private static partial Regex ServiceLink();
}
