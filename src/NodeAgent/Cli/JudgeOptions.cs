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
    private readonly Option<string[]> _rules = new("--rules") { Description = "Rules instead of those that come with the agent, and RuleExceptions, YAML or JSON; again for more", HelpName = "FILE" };
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
        RuleDocuments documents = ReadDocuments(arguments.GetValue(_rules) ?? []);
        return new ReplayOptions { Rules = RulesOf(documents), Exceptions = documents.Exceptions, Settings = settings, Profiles = GivenProfiles.Read(arguments.GetValue(_profiles) ?? []) };
    }

    /// <summary>The agent's defaults, whatever the environment of this command says: a replay is the same everywhere.</summary>
    public static RulesOptions Settings()
    {
        RulesOptions settings = StageOptions.Rules(new AgentOptions());
        settings.ApiServerAddresses = [];
        settings.CpuBudget = 0;
        return settings;
    }

    /// <summary>What all files say.</summary>
    public static RuleDocuments ReadDocuments(IReadOnlyList<string> files)
    {
        RuleDocuments[] read = [.. files.Select(RulesCommand.Read)];
        return new RuleDocuments([.. read.SelectMany(one => one.Rules)], [.. read.SelectMany(one => one.Bindings)]) { Exceptions = [.. read.SelectMany(one => one.Exceptions)] };
    }

    /// <returns>Null = there are none: those that come with the agent hold.</returns>
    public static IReadOnlyList<RuntimeRule>? RulesOf(RuleDocuments documents) =>
        documents.Rules.Count == 0 ? null : [.. documents.Rules.SelectMany(one => one.Spec?.Rules ?? [])];
}
