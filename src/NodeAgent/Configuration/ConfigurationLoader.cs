// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Configuration;

/// <summary>The agent's options, from wherever they are set.</summary>
public static class ConfigurationLoader
{
    private static readonly SettingsLoader<AgentOptions> Loader = new(Settings.All, Settings.Lists);

    /// <inheritdoc cref="SettingsLoader{TOptions}.Load"/>
    public static AgentOptions Load(string? file, IReadOnlyDictionary<string, string> environment, IReadOnlyDictionary<string, string> flags) =>
        Loader.Load(file, environment, flags);
}
