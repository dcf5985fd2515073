// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Events.Text;

namespace NodeAgent.Admission;

/// <summary>Texts of a request with an upper bound: who asks may write as much as a URL takes.</summary>
internal static class BoundedTexts
{
    public static string Cut(string? text, int most) => text is null ? string.Empty : CutText.Marked(text, most);

    /// <summary>Reads a list of texts and keeps its beginning; the last one says so when there is more.</summary>
    /// <param name="mostTexts">How many are kept.</param>
    /// <param name="mostChars">How many UTF-16 units they have together.</param>
    /// <remarks>Errors: <see cref="JsonException"/> when it is none.</remarks>
    public static List<string>? Read(ref Utf8JsonReader json, int mostTexts, int mostChars)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a list of texts was expected");
        }

        var texts = new List<string>();
        bool isMore = false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.String)
            {
                throw new JsonException("a list of texts was expected");
            }

            if (texts.Count == mostTexts || mostChars <= 0)
            {
                isMore = true;
                continue;
            }

            string text = Cut(json.GetString(), mostChars);
            mostChars -= Math.Max(1, text.Length);
            texts.Add(text);
        }

        if (isMore)
        {
            texts.Add(CutText.Mark);
        }

        return texts;
    }
}
