// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.Rules.Import;

/// <summary>Ids for rules that had only names: the same name gives the same id, and each id is given once.</summary>
internal sealed class RuleNames
{
    private const int Longest = 64;
    private const int HashDigits = 8;

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <param name="prefix">Shape: letters, <c>-</c> at the end.</param>
    public string IdOf(string prefix, string name)
    {
        var slug = new StringBuilder(prefix);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c))
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string id = slug.ToString().TrimEnd('-');
        return id.Length > prefix.Length - 1 && id.Length <= Longest && _given.Add(id) ? id : WithHash(id, name);
    }

    private string WithHash(string id, string name)
    {
        for (int round = 0; ; round++)
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{name}\0{round}")))[..HashDigits];
            string made = $"{id[..Math.Min(id.Length, Longest - HashDigits - 1)].TrimEnd('-')}-{hash}";
            if (_given.Add(made))
            {
                return made;
            }
        }
    }
}
