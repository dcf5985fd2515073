// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.CommandLine;
using NodeAgent.Configuration;

namespace NodeAgent.Cli;

/// <summary>The flags of a command that configures a program: one for each setting, and --config.</summary>
public sealed class SettingOptions<TOptions>(IReadOnlyList<Setting<TOptions>> settings, IReadOnlyList<ListSetting<TOptions>>? lists = null)
    where TOptions : class, new()
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "Configuration file, YAML or JSON; flags and NODE_AGENT_… variables go before it",
        HelpName = "FILE",
    };

    private readonly (Setting<TOptions> Setting, Option<string[]> Option)[] _options =
        [.. settings.Select(s => (s, new Option<string[]>(s.Flag)
        {
            Description = Describe(s),
            HelpName = s.ValueName,
            Arity = s.IsSwitch ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        }))];

    public void AddTo(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        command.Options.Add(_config);
        foreach ((_, Option<string[]> option) in _options)
        {
            command.Options.Add(option);
        }
    }

    public TOptions Load(ParseResult arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((Setting<TOptions> setting, Option<string[]> option) in _options)
        {
            if (arguments.GetValue(option) is { Length: > 0 } values)
            {
                flags[setting.Key] = values.Length == 1 || setting.IsRepeatable
                    ? string.Join(',', values)
                    : throw new ConfigurationException($"flag {setting.Flag} is there {values.Length} times");
            }
            else if (setting.IsSwitch && arguments.GetResult(option) is { Implicit: false })
            {
                flags[setting.Key] = "true";
            }
        }

        return new SettingsLoader<TOptions>(settings, lists).Load(arguments.GetValue(_config), SettingOptions.Variables(), flags);
    }

    private static string Describe(Setting<TOptions> setting)
    {
        string value = setting.Show(new TOptions());
        return value.Length == 0 ? $"{setting.Help} [{setting.Key}]" : $"{setting.Help} [{setting.Key}, default {value}]";
    }
}

/// <summary>What all programs read their settings from beside flags.</summary>
public static class SettingOptions
{
    public static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? string.Empty;
        }

        return variables;
    }
}
