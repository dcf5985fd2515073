// SPDX-License-Identifier: Apache-2.0
using System.Reflection;

namespace NodeAgent.Hosting;

/// <summary>The version that was built.</summary>
public static class ProductVersion
{
    private static readonly string Whole =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Shape: <c>0.1.0</c>.</summary>
    public static string Text { get; } = Whole.Split('+')[0];

    /// <summary>Shape: commit hash; empty when built outside a repository.</summary>
    public static string Revision { get; } = Whole.Contains('+', StringComparison.Ordinal) ? Whole.Split('+')[1] : string.Empty;
}
