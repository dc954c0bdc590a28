using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace MlNetSer.Cli;

/// <summary>Options that take a number.</summary>
internal static class Numbers
{
    /// <summary>An option with a default, which refuses less than <paramref name="least"/>.</summary>
    public static Option<T> Option<T>(string name, string description, T byDefault, T least)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => byDefault };
        return Bounded(option, least);
    }

    /// <summary>An option that may be left out, which refuses less than <paramref name="least"/>.</summary>
    public static Option<T?> Optional<T>(string name, string description, T least)
        where T : struct, INumber<T> =>
        Bounded(new Option<T?>(name) { Description = description, HelpName = "N" }, least);

    private static TOption Bounded<TOption, T>(TOption option, T least)
        where TOption : Option
        where T : struct, INumber<T>
    {
        option.Validators.Add(result =>
        {
            // What is no number at all, the parser reports.
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && value < least)
                result.AddError($"{option.Name} is {token.Value}, expected at least {least}");
        });
        return option;
    }
}
