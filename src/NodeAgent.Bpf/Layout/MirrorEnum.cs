// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Bpf.Layout;

/// <summary>A C# enum with its values under their C names.</summary>
internal sealed record MirrorEnum(string Name, string CName, IReadOnlyDictionary<string, long> Values)
{
    /// <param name="prefix">Shape: <c>NA_KIND_</c>.</param>
    internal static MirrorEnum Of<T>(string cName, string prefix)
        where T : struct, Enum
    {
        var values = new Dictionary<string, long>();
        foreach (T value in Enum.GetValues<T>())
        {
            string name = prefix + Layout.CName.SnakeCase(value.ToString()).ToUpperInvariant();
            values.Add(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
        }

        return new MirrorEnum(typeof(T).Name, cName, values);
    }
}
