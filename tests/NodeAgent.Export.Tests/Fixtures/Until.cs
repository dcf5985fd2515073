// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Tests.Fixtures;

internal static class Until
{
    /// <summary>Waits for the condition, and fails the test when it does not come within the limit.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what, int limitSeconds = 60)
    {
        DateTime end = DateTime.UtcNow.AddSeconds(limitSeconds);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, $"did not happen: {what}");
            await Task.Delay(5);
        }
    }
}
