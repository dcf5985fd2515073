// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Configuration;

/// <summary>A list of sections, which only the configuration file can hold.</summary>
/// <param name="Key">Shape: <c>section.name</c> in camelCase.</param>
/// <param name="Apply">Reads and stores one item; called in the order of the file.</param>
public sealed record ListSetting<TOptions>(string Key, Action<TOptions, SettingSection> Apply);
