// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Selectors;

/// <summary>A field selector of a request. Shape: <c>metadata.name=a,metadata.namespace!=b</c>.</summary>
internal sealed class FieldSelectorText
{
    public static readonly FieldSelectorText Everything = new([]);

    private readonly List<(bool OfName, bool Equal, string Value)> _terms;

    private FieldSelectorText(List<(bool OfName, bool Equal, string Value)> terms) => _terms = terms;

    /// <summary>The one name that can match; null: there may be several.</summary>
    public string? ExactName => _terms.Where(term => term is { OfName: true, Equal: true }).Select(term => term.Value).FirstOrDefault();

    public bool IsEverything => _terms.Count == 0;

    /// <exception cref="FormatException">The message is what the client gets.</exception>
    public static FieldSelectorText Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Everything;
        }

        var terms = new List<(bool OfName, bool Equal, string Value)>();
        foreach (string term in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int sign = term.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0)
            {
                throw new FormatException($"invalid selector: '{term}'; can't understand '{term}'");
            }

            bool equal = term[sign - 1] != '!';
            string field = term[..(equal ? sign : sign - 1)];
            int value = sign + (equal && sign + 1 < term.Length && term[sign + 1] == '=' ? 2 : 1);
            if (field is not ("metadata.name" or "metadata.namespace"))
            {
                throw new FormatException($"field label not supported: {field}");
            }

            terms.Add((field == "metadata.name", equal, term[value..]));
        }

        return new FieldSelectorText(terms);
    }

    public bool Matches(string name, string objectNamespace)
    {
        foreach ((bool ofName, bool equal, string value) in _terms)
        {
            if ((ofName ? name : objectNamespace) == value != equal)
            {
                return false;
            }
        }

        return true;
    }
}
