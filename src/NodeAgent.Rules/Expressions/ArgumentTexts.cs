// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Text;

namespace NodeAgent.Rules.Expressions;

/// <summary>Lists of the language as lists of text for those who are asked.</summary>
internal static class ArgumentTexts
{
    /// <returns>Shape: <c>ByteText</c> per element.</returns>
    public static string[] Of(CelList list)
    {
        string[] texts = new string[list.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = ByteText.Decode(list[i].Text.Span);
        }

        return texts;
    }
}
