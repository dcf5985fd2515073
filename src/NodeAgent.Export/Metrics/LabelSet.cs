// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Export.Metrics;

/// <summary>Turns the tags of a measurement into the text of its labels, which is also the series' key.</summary>
internal static class LabelSet
{
    /// <param name="tags">The measurement's own.</param>
    /// <param name="fixedTags">Those of the instrument.</param>
    /// <returns>Shape: <c>a="1",b="2"</c> sorted by name; empty without tags.</returns>
    public static string Format(
        ReadOnlySpan<KeyValuePair<string, object?>> tags, IEnumerable<KeyValuePair<string, object?>>? fixedTags, bool isHistogram)
    {
        if (tags.IsEmpty && fixedTags is null)
        {
            return string.Empty;
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            Add(tag);
        }

        foreach (KeyValuePair<string, object?> tag in fixedTags ?? [])
        {
            Add(tag);
        }

        var text = new StringBuilder();
        foreach ((string name, string value) in labels)
        {
            text.Append(text.Length == 0 ? string.Empty : ",").Append(name).Append("=\"").Append(MetricName.EscapeLabelValue(value)).Append('"');
        }

        return text.ToString();

        void Add(KeyValuePair<string, object?> tag)
        {
            string name = MetricName.OfLabel(tag.Key);

            // A histogram's own label is "le".
            labels.TryAdd(
                isHistogram && name == "le" ? "exported_le" : name, Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? string.Empty);
        }
    }
}
