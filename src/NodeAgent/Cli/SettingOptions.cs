// SPDX-License-Identifier: Apache-2.0
using System.Collections;
using System.CommandLine;
using NodeAgent.Configuration;

namespace NodeAgent.Cli;

/// <summary>The flags of a command that configures the agent: one for each setting, and --config.</summary>
internal sealed class SettingOptions
{
    private readonly Option<string?> _config = new("--config")
    {
        Description = "Configuration file, YAML or JSON; flags and NODE_AGENT_… variables go before it",
        HelpName = "FILE",
    };

    private readonly (Setting Setting, Option<string[]> Option)[] _options =
        [.. Settings.All.Select(s => (s, new Option<string[]>(s.Flag)
        {
            Description = Describe(s),
            HelpName = s.ValueName,
            Arity = s.IsSwitch ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        }))];

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        foreach ((_, Option<string[]> option) in _options)
        {
            command.Options.Add(option);
        }
    }

    public AgentOptions Load(ParseResult arguments)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((Setting setting, Option<string[]> option) in _options)
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

        return ConfigurationLoader.Load(arguments.GetValue(_config), Variables(), flags);
    }

    internal static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? string.Empty;
        }

        return variables;
    }

    private static string Describe(Setting setting)
    {
        string value = setting.Show(new AgentOptions());
        return value.Length == 0 ? $"{setting.Help} [{setting.Key}]" : $"{setting.Help} [{setting.Key}, default {value}]";
    }
}
