// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Configuration;
using NodeAgent.Pipeline;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Cli;

/// <summary>The options that say by what a recording is judged.</summary>
internal sealed class JudgeOptions
{
    private readonly Option<string[]> _rules = new("--rules") { Description = "Rules instead of those that come with the agent, YAML or JSON; again for more", HelpName = "FILE" };
    private readonly Option<string[]> _profiles = new("--profile") { Description = "ApplicationProfile, NetworkNeighborhood or ContainerProfile, for the containers of its workload; again for more", HelpName = "FILE" };
    private readonly Option<string[]> _enabled = new("--enable") { Description = "A rule that is off by itself; again for more", HelpName = "ID" };
    private readonly Option<string[]> _disabled = new("--disable") { Description = "A rule that is left out; again for more", HelpName = "ID" };

    public static JudgeOptions Create() => new();

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_rules, _profiles, _enabled, _disabled])
        {
            command.Add(option);
        }
    }

    public ReplayOptions Read(ParseResult arguments)
    {
        RulesOptions settings = Settings();
        settings.EnabledRules = arguments.GetValue(_enabled) ?? [];
        settings.DisabledRules = arguments.GetValue(_disabled) ?? [];
        return new ReplayOptions { Rules = ReadRules(arguments.GetValue(_rules) ?? []), Settings = settings, Profiles = GivenProfiles.Read(arguments.GetValue(_profiles) ?? []) };
    }

    /// <summary>The agent's defaults, whatever the environment of this command says: a replay is the same everywhere.</summary>
    public static RulesOptions Settings()
    {
        RulesOptions settings = StageOptions.Rules(new AgentOptions());
        settings.ApiServerAddresses = [];
        return settings;
    }

    /// <returns>Null = no file is given.</returns>
    public static IReadOnlyList<RuntimeRule>? ReadRules(IReadOnlyList<string> files) =>
        files.Count == 0 ? null : [.. files.SelectMany(file => RulesCommand.Read(file).Rules).SelectMany(one => one.Spec?.Rules ?? [])];
}
